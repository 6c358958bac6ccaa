# cython: language_level=3, auto_pickle=False
"""`Rarity`, `Near` and `Centroids`, compiled: they decide as the pure ones do, to the last bit, many times as fast.

What is decided and why is written in `processors.words`, `processors.near` and `processors.centroid`, whose numbers
are taken from there. All that is kept is in C++ (`words.hpp`, `near.hpp`, `centroid.hpp`), where no Python can run in
between; here numbers become Python's and back. What is no number, or too large a one, is refused and changes nothing.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp.deque cimport deque
from libcpp.pair cimport pair
from libcpp.unordered_map cimport unordered_map
from libcpp.vector cimport vector

from processors import centroid, near
from processors.centroid import Joined, Nearest
from processors.near import Twin

ctypedef vector[uint32_t] Words
ctypedef pair[int64_t, int64_t] Pair

cdef extern from "words.hpp" namespace "likeness":
    uint64_t SEED

    cdef cppclass Table[Key, Value]:
        Value* known(Key)
        vector[Key] held() except +
        size_t size()

    cdef cppclass CWeighed "likeness::Weighed":
        Words words
        vector[double] weights
        double whole

    cdef cppclass Use:
        uint32_t count
        vector[int64_t] mentions, stories

    cdef cppclass CRarity "likeness::Rarity":
        uint64_t stories
        size_t live
        Table[uint32_t, Use] uses
        double weight(uint32_t)
        uint32_t count(uint32_t)
        void use(uint32_t) except +
        void drop(uint32_t) except +KeyError
        CWeighed weigh(const Words&) except +
        double total(const Words&)

cdef extern from "near.hpp" namespace "likeness":
    cdef struct NearLimits:
        double alike, inside, inside_alike, prefix
        size_t least_prefix, least_words, posted, looked_up, compared

    NearLimits NEAR

    cdef cppclass Seen:
        int64_t story
        size_t rarest
        Words words

    cdef cppclass CTwin "likeness::Twin":
        int64_t n, story
        double likeness

    cdef cppclass CNear "likeness::Near":
        Table[int64_t, Seen] seen
        deque[Pair] ages
        CTwin find(CRarity&, const CWeighed&) except +
        void add(CRarity&, int64_t, int64_t, const CWeighed&, int64_t) except +
        void expire(CRarity&, int64_t) except +

cdef extern from "centroid.hpp" namespace "likeness":
    cdef struct CentroidLimits:
        double about, same, age, old, gap, lasting
        size_t least_words, posted, looked_up, looked_at, compared, most_words, swept

    CentroidLimits CENTROID

    cdef struct Count "likeness::Story::Count":
        uint32_t word, times

    cdef cppclass Story:
        vector[Count] counts
        int64_t opened, mentions, hour
        double square
        uint32_t said(uint32_t)

    cdef cppclass CNearest "likeness::Nearest":
        int64_t story
        double likeness

    cdef cppclass CCentroids "likeness::Centroids":
        Table[int64_t, Story] stories
        deque[Pair] ages
        unordered_map[int64_t, int64_t] changed
        CNearest find(CRarity&, const CWeighed&, int64_t) except +
        void add(CRarity&, int64_t, const CWeighed&, int64_t) except +
        vector[int64_t] swept() except +
        CNearest nearest_to(CRarity&, int64_t) except +
        void measure(CRarity&, int64_t) except +
        void join(CRarity&, int64_t, int64_t) except +
        void expire(CRarity&, int64_t) except +

SEED = hash("where words lie") | 1
NEAR.alike, NEAR.inside, NEAR.inside_alike = near._ALIKE, near._INSIDE, near._INSIDE_ALIKE
NEAR.prefix, NEAR.least_prefix, NEAR.least_words = near._PREFIX, near._LEAST_PREFIX, near._LEAST_WORDS
NEAR.posted, NEAR.looked_up, NEAR.compared = near._POSTED, near._LOOKED_UP, near._COMPARED
CENTROID.about, CENTROID.same, CENTROID.least_words = centroid._ABOUT, centroid._SAME, centroid._LEAST_WORDS
CENTROID.age, CENTROID.old, CENTROID.gap, CENTROID.lasting = centroid._AGE, centroid._OLD, centroid._GAP, centroid._LONG
CENTROID.posted, CENTROID.looked_up, CENTROID.compared = centroid._POSTED, centroid._LOOKED_UP, centroid._COMPARED
CENTROID.looked_at, CENTROID.most_words, CENTROID.swept = centroid._LOOKED_AT, centroid._MOST_WORDS, centroid._SWEPT


cdef class Weighed:
    cdef CWeighed it

    @property
    def words(self):
        return tuple(self.it.words)

    @property
    def weights(self):
        return self.it.weights

    @property
    def whole(self):
        return self.it.whole


cdef class Rarity:
    cdef CRarity it

    @property
    def stories(self):
        return self.it.stories

    @stories.setter
    def stories(self, uint64_t stories):
        self.it.stories = stories

    def use(self, Words said):
        for word in said:
            self.it.use(word)

    def drop(self, Words said):
        for word in said:
            self.it.drop(word)

    def weight(self, uint32_t word):
        return self.it.weight(self.it.count(word))

    def weigh(self, Words said):
        cdef Weighed weighed = Weighed.__new__(Weighed)
        weighed.it = self.it.weigh(said)
        return weighed

    def total(self, Words said):
        return self.it.total(said)

    def kept(self):
        """All that is in it, for tests: count, mentions and stories by word."""
        cdef Use* use
        found = {}
        for word in self.it.uses.held():
            use = self.it.uses.known(word)
            found[word] = use.count, use.mentions, use.stories
        return found

    def __len__(self):
        return self.it.live


cdef class Near:
    cdef Rarity rarity
    cdef CNear it

    def __cinit__(self, Rarity rarity not None):
        self.rarity = rarity

    def find(self, Weighed weighed not None):
        twin = self.it.find(self.rarity.it, weighed.it)
        return Twin(twin.n, twin.story, twin.likeness) if twin.likeness else None

    def add(self, int64_t n, int64_t story, Weighed weighed not None, int64_t hour):
        self.it.add(self.rarity.it, n, story, weighed.it, hour)

    def words(self, int64_t n):
        cdef Seen* seen = self.it.seen.known(n)
        if seen == NULL:
            raise KeyError(n)
        return set(seen.words)

    def expire(self, int64_t oldest):
        self.it.expire(self.rarity.it, oldest)

    def kept(self):
        """All that is in it, for tests: story, words it is found by, all words by mention; hours, mentions."""
        cdef Seen* seen
        found = {}
        for n in self.it.seen.held():
            seen = self.it.seen.known(n)
            found[n] = seen.story, seen.rarest, seen.words
        return found, [each for each in self.it.ages]

    def __len__(self):
        return self.it.seen.size()


cdef class Centroids:
    cdef Rarity rarity
    cdef CCentroids it

    def __cinit__(self, Rarity rarity not None):
        self.rarity = rarity

    def find(self, Weighed weighed not None, int64_t hour):
        nearest = self.it.find(self.rarity.it, weighed.it, hour)
        return Nearest(nearest.story, nearest.likeness) if nearest.likeness >= 0 else None

    def add(self, int64_t story, Weighed weighed not None, int64_t hour):
        self.it.add(self.rarity.it, story, weighed.it, hour)

    def sweep(self, may=lambda _: True):
        joined = [self._join_nearest(story, may) for story in self.it.swept()]
        return [pair for pair in joined if pair]

    def sweep_again(self, vector[Pair] joined):
        for story in self.it.swept():
            self.it.measure(self.rarity.it, story)
            for pair in joined:
                if story == pair.first or story == pair.second:
                    self.it.join(self.rarity.it, pair.first, pair.second)
        for pair in joined:
            self.it.join(self.rarity.it, pair.first, pair.second)

    def join(self, int64_t kept, int64_t joined):
        self.it.join(self.rarity.it, kept, joined)

    def words(self, int64_t story):
        if self.it.stories.known(story) == NULL:
            raise KeyError(story)
        return Said(self, story)

    def expire(self, int64_t oldest):
        self.it.expire(self.rarity.it, oldest)

    def kept(self):
        """All that is in it, for tests: words, opened, mentions, hour, square by story; hours, stories; changed."""
        cdef Story* one
        found = {}
        for story in self.it.stories.held():
            one = self.it.stories.known(story)
            counts = {each.word: each.times for each in one.counts}
            found[story] = counts, one.opened, one.mentions, one.hour, one.square
        changed = dict(self.it.changed)
        return found, [each for each in self.it.ages], sorted(changed, key=changed.__getitem__)

    def __len__(self):
        return self.it.stories.size()

    cdef _join_nearest(self, int64_t story, may):
        nearest = self.it.nearest_to(self.rarity.it, story)
        if nearest.likeness < 0:
            return None
        pair = Joined(min(story, nearest.story), max(story, nearest.story))
        if not may(pair):  # which may do anything: nothing of what is kept is held here
            return None
        self.join(*pair)
        return pair


cdef class Said:
    """What a story has said so far."""

    cdef Centroids centroids
    cdef int64_t story

    def __cinit__(self, Centroids centroids not None, int64_t story):
        self.centroids, self.story = centroids, story

    def __contains__(self, uint32_t word):
        cdef Story* one = self.centroids.it.stories.known(self.story)
        return one != NULL and one.said(word) > 0
