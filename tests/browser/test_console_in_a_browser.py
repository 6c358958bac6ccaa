"""What only a browser can tell: what fits, what runs, what can be reached and seen."""

import pytest
from browser_site import Seen, Site
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
_FOREIGN = "script:not([src^='/static/']), img, iframe, style, [style]:not(.plot *), [onload], [onerror]"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 568}, {"width": 820, "height": 1180}, DESK])
def test_nothing_is_wider_than_the_screen(
    chromium: Browser, site: Site, size: dict[str, int], scheme: str
) -> None:
    page = chromium.new_page(viewport=size, color_scheme=scheme)
    for address in site.pages:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_labels_of_the_curve_are_whole_and_readable(
    chromium: Browser, site: Site, size: dict[str, int]
) -> None:
    page = chromium.new_page(viewport=size, java_script_enabled=False)  # with scripts, chart.js draws over it
    page.goto(f"{site.url}{site.stories[0]}")
    charts = page.locator(".chart svg >> visible=true")
    assert charts.count() == 1
    frame = charts.bounding_box()
    assert frame is not None
    for label in charts.locator("text").all():
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 11
        assert frame["x"] - 1 <= box["x"] <= box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    page.context.close()


def test_hostile_words_run_nothing(chromium: Browser, site: Site, seen: Seen) -> None:
    page = chromium.new_page()
    seen.watch(page)
    for address in site.pages:
        page.goto(address)
        assert page.locator(_FOREIGN).count() == 0
    assert (seen.dialogs, seen.complaints) == ([], [])
    assert page.goto(f"{site.url}{site.stories[2]}") is not None
    assert "<script>alert(1)</script>" in page.inner_text("h1")
    page.context.close()


def test_the_policy_would_stop_a_script_that_got_in(chromium: Browser, site: Site, seen: Seen) -> None:
    page = chromium.new_page()
    seen.watch(page)
    answer = page.goto(site.url)
    assert answer is not None
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'alert(1)'}))")
    assert seen.dialogs == []
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)
    page.context.close()


def test_a_reversing_text_turns_round_nothing_but_itself(chromium: Browser, site: Site) -> None:
    page = chromium.new_page(viewport=DESK)
    page.goto(f"{site.url}{site.stories[2]}")
    said = page.locator(".mentions > li", has_text="evil")
    handle, rest = (said.locator(part).bounding_box() for part in (".who .name", ".who .mute"))
    assert handle is not None
    assert rest is not None
    assert handle["x"] < rest["x"]
    assert said.locator("p.text").evaluate("p => getComputedStyle(p).direction") == "rtl"
    assert said.locator(".numbers").evaluate("p => getComputedStyle(p).direction") == "ltr"
    page.context.close()


def test_everything_can_be_reached_and_seen_with_the_keyboard(chromium: Browser, site: Site) -> None:
    page = chromium.new_page(viewport=DESK)
    page.goto(site.url)
    reached = [_next(page) for _ in range(13)]
    assert reached[0] == "Skip to the content"
    look = "2 mentions may tell of danger or the law and called nobody"
    assert [
        name
        for name in ("To handle", "Stories", look, "All brands", "Ronvia", "Baldo")
        if name not in reached
    ] == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/stories/*")
    page.context.close()


def test_the_skip_link_leads_past_the_rail(chromium: Browser, site: Site) -> None:
    page = chromium.new_page(viewport=DESK)
    page.goto(site.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_it_reads_without_scripts(chromium: Browser, site: Site, size: dict[str, int]) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=size)
    page = context.new_page()
    page.goto(site.url)
    assert page.inner_text("h1") == "One story is critical"
    page.click("a.row >> nth=0")
    assert page.inner_text("h1") == "Carta bloccata"
    assert "Why the risk is 93" in page.inner_text("main")
    assert "showing the newest 100 of 3,000" in page.inner_text("main")
    page.click(".rail .brand")
    page.click("text=Celerpost >> nth=0")
    assert page.locator("a.row").count() == 1
    context.close()


def test_light_and_dark_follow_the_viewer(chromium: Browser, site: Site) -> None:
    papers = []
    for scheme in ("light", "dark"):
        page = chromium.new_page(color_scheme=scheme)
        page.goto(site.url)
        papers.append(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        page.context.close()
    assert papers == ["rgb(251, 250, 247)", "rgb(21, 22, 20)"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tinted_words_are_readable_and_told_apart_without_colour(
    chromium: Browser, site: Site, scheme: str
) -> None:
    page = chromium.new_page(color_scheme=scheme)
    page.goto(f"{site.url}{site.mentions[0]}")
    contrasts, lines = page.evaluate(TINTS)
    assert min(contrasts) >= 4.5  # WCAG 2.2, 1.4.3
    assert lines == ["solid 1px", "solid 2px", "solid 3px", "dotted 2px", "dotted 3px", "dotted 4px"]
    page.context.close()


TINTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (colour) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
            .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const all = ["up-1", "up-2", "up-3", "down-1", "down-2", "down-3"].map((name) => {
        const word = document.createElement("mark");
        word.className = name;
        document.querySelector(".tinted").append(word);
        return getComputedStyle(word);
    });
    const contrast = (one, other) => Math.max(one, other) / Math.min(one, other);
    return [
        all.map((each) => contrast(light(each.color), light(each.backgroundColor))),
        all.map((each) => `${each.textDecorationStyle} ${each.textDecorationThickness}`),
    ];
}"""


def test_the_moment_that_called_leads_to_its_mention(chromium: Browser, site: Site) -> None:
    page = chromium.new_page(viewport=DESK)
    page.goto(f"{site.url}{site.stories[0]}")
    assert page.locator(".steps li").count() == 3
    assert page.locator(".steps li >> nth=0").inner_text().startswith("Critical: its risk rose")
    assert "at 1,002 mentions" in page.locator(".steps li >> nth=0").inner_text()
    page.context.close()


def _next(page: Page) -> str:
    """Go on with Tab; the name of what has the focus now, which must be on the screen and outlined."""
    page.keyboard.press("Tab")
    at = page.evaluate(
        """() => {
            const at = document.activeElement, box = at.getBoundingClientRect(), look = getComputedStyle(at);
            return [at.innerText.trim(), look.outlineStyle, box.top >= 0 && box.left >= 0 && box.height > 0];
        }"""
    )
    assert at[1:] == ["solid", True], at[0]
    name: str = at[0]
    return name
