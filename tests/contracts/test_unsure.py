"""What may tell of danger and called nobody is found among a brand's newest mentions, on SQLite and PostgreSQL alike."""

from msgspec import structs

from earshot.clock import from_us
from earshot.hashing import hash64
from earshot.model import Author, Mention, Score
from earshot.store import Store, brands, corrections, ledger, mentions, unsure
from earshot.store.brands import Brand
from earshot.store.mentions import Row

NOW = 1_800_000_000_000_000
HOUR = 3_600_000_000
MAY = Score(language="en", negative=0.6, neutral=0.3, positive=0.1, basis="text", perhaps={"safety": 0.4})
NOT = structs.replace(MAY, perhaps={})


def row(
    brand: Brand, seq: int, score: Score = MAY, said_at: int = NOW, copy_in: int = 0, **values: object
) -> Row:
    """`copy_in`: the story that it copies a mention of."""
    n = brands.number(brand.no, seq)
    said = Mention(
        id=f"x:{seq}",
        brand=brand.name,
        author=Author(id="ada"),
        created_at=from_us(said_at),
        collected_at=from_us(NOW),
        text="hot",
    )
    said = structs.replace(said, **values)
    written = mentions.encode(said), mentions.encode(score)
    story, link = brands.number(brand.no, copy_in or seq), "copy" if copy_in else "new"
    return Row(n, story, NOW, said_at, 1, 0, None, None, score.vote, False, link, *written)


def heard(store: Store, *rows: tuple[int, dict[str, object]], name: str = "Acme") -> Brand:
    with store.begin() as connection:
        brand = brands.create(connection, name)
        made = [row(brand, seq, **values) for seq, values in rows]  # type: ignore[arg-type]
        mentions.add(connection, made)
        ledger.add(connection, [entry(each) for each in made])
        return brands.save(connection, brand._replace(seq=max(seq for seq, _ in rows)))


def entry(row: Row) -> ledger.Entry:
    text = mentions.read(row).mention.text
    return ledger.Entry(row.n, row.n, row.story, NOW, False, False, NOW, hash64(text), b"")


def take_back(store: Store, brand: Brand, seq: int) -> None:
    with store.begin() as connection:
        (known,) = mentions.get(connection, [brands.number(brand.no, seq)]).values()
        mentions.replace(connection, [known._replace(withdrawn=True)])


def speak_of(store: Store, brand: Brand, seq: int) -> None:
    with store.begin() as connection:
        (known,) = mentions.get(connection, [brands.number(brand.no, seq)]).values()
        corrections.add(connection, mentions.read(known), "neu", NOW, "cli")


def found(store: Store, brand: Brand, since: int = 0, among: int = 100, limit: int = 100) -> list[int]:
    """In the brand's own count."""
    with store.read() as connection:
        listed = unsure.newest(connection, brand, since, among, limit)
    assert all(each.perhaps == {"safety": 0.4} for each in listed)
    return [each.n - brands.number(brand.no, 0) for each in listed]


def test_what_may_tell_of_danger_is_listed_the_newest_first(store: Store) -> None:
    brand = heard(store, (1, {}), (2, {"score": NOT}), (3, {}))
    heard(store, (1, {}), name="Other")
    assert found(store, brand) == [3, 1]
    assert found(store, brand, limit=1) == [3]


def test_only_so_many_of_the_newest_are_looked_through(store: Store) -> None:
    brand = heard(store, (1, {}), (2, {"score": NOT}), (3, {}))
    assert found(store, brand, among=2) == [3]


def test_what_was_said_before_is_left_out_however_late_it_was_heard(store: Store) -> None:
    brand = heard(store, (1, {"said_at": NOW - HOUR}), (2, {"said_at": NOW - 3 * HOUR}))
    assert found(store, brand, since=NOW - 2 * HOUR) == [1]


def test_reposts_and_what_only_says_the_words_are_left_out(store: Store) -> None:
    hostile = structs.replace(NOT, evidence=('"perhaps":{"safety":0.4}', '\\"perhaps\\":{'))
    repeats = {"kind": "repost"}
    says_repost = {"text": 'I said "kind":"repost" to them'}
    brand = heard(store, (1, repeats), (2, {"score": hostile}), (3, says_repost))
    assert found(store, brand) == [3]


def test_what_called_for_something_else_is_left_out(store: Store) -> None:
    told = structs.replace(MAY, grave=("legal",))
    brand = heard(store, (1, {"score": told}), (2, {}))
    assert found(store, brand) == [2]


def test_what_is_withdrawn_or_staff_have_spoken_of_is_listed_no_more(store: Store) -> None:
    brand = heard(store, (1, {}), (2, {}), (3, {}))
    take_back(store, brand, 1)
    speak_of(store, brand, 2)
    assert found(store, brand) == [3]


def test_what_staff_say_leaves_nothing_that_it_may_tell_of(store: Store) -> None:
    brand = heard(store, (1, {}))
    with store.begin() as connection:
        kept = corrections.heard(connection, brands.number(brand.no, 1))
        assert kept is not None
        corrections.add(connection, kept, "neg", NOW, "cli")
        (made,) = corrections.of_mention(connection, kept.n)
    assert corrections.corrected(kept.score, made).perhaps == {}


def test_of_what_is_copied_the_first_one_is_listed(store: Store) -> None:
    elsewhere = {"copy_in": 9}
    brand = heard(store, (1, {}), (2, {"copy_in": 1}), (3, elsewhere), (4, {"copy_in": 1}), (5, elsewhere))
    assert found(store, brand) == [3, 1]
    assert found(store, brand, among=4) == [3, 2]
    assert found(store, brand, limit=1) == [3]


def test_a_copy_that_says_it_in_other_words_is_listed(store: Store) -> None:
    brand = heard(store, (1, {}), (2, {"copy_in": 1, "text": "hot, hot"}))
    assert found(store, brand) == [2, 1]


def test_a_copy_stays_where_the_first_one_is_taken_back_and_goes_where_staff_have_spoken_of_it(
    store: Store,
) -> None:
    brand = heard(store, (1, {}), (2, {"copy_in": 1}), (3, {}), (4, {"copy_in": 3}))
    take_back(store, brand, 1)
    speak_of(store, brand, 3)
    assert found(store, brand) == [2]
