// `processors.words`, compiled; `near.hpp` and `centroid.hpp` stand beside their modules likewise.
//
// What is decided and why is written there, here is only how it is kept. All is equal to the last bit: sums are added
// up in Python's order, products are not fused with them (-ffp-contract=off), and nothing depends on the order of a
// table: what is ranked is ranked by value, then by number.
#pragma once

#include <Python.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace likeness {

using Word = uint32_t;
using Words = std::vector<Word>;
using Numbers = std::vector<int64_t>;
using Pair = std::pair<int64_t, int64_t>;
using Pairs = std::vector<Pair>;

inline uint64_t SEED = 1;  // odd, not known outside: who writes the texts must not choose where words come to lie

// What Python's own `sum` makes of numbers: since 3.12 it carries along what rounding took.
class Sum {
    double sum = 0, lost = 0;

  public:
    void add(double x) {
        double next = sum + x;
        if (PY_VERSION_HEX >= 0x030C0000) lost += std::fabs(sum) >= std::fabs(x) ? (sum - next) + x : (x - next) + sum;
        sum = next;
    }
    double whole() const { return lost && std::isfinite(lost) ? sum + lost : sum; }
};

// Memory is asked for ahead of its use: to wait for one piece after the other is what would cost most.
template <class Item> void fetch(const std::vector<Item> &items) {
    for (size_t at = 0; at < items.size(); at += 64 / sizeof(Item)) __builtin_prefetch(&items[at]);
}

// Open addressing: a look-up is one piece of memory, which costs more to fetch than all that is done with it.
// Pointers hold until the next `of` or `forget`; whoever asks for a new value must put something into it.
template <class Key, class Value> class Table {
    struct Slot {
        Key key{};
        Value value{};
    };
    std::vector<Slot> slots = std::vector<Slot>(8);
    size_t used = 0;
    int shift = 61;  // 64 - log2 of the slots

    size_t home(Key key) const { return (uint64_t(key) * SEED) >> shift; }
    size_t after(size_t at) const { return (at + 1) & (slots.size() - 1); }
    size_t place(Key key) const {
        size_t at = home(key);
        while (!slots[at].value.empty() && slots[at].key != key) at = after(at);
        return at;
    }
    void grow() {
        std::vector<Slot> old(2 * slots.size());
        old.swap(slots);
        --shift;
        for (auto &slot : old)
            if (!slot.value.empty()) slots[place(slot.key)] = std::move(slot);
    }

  public:
    void fetch(Key key) const { __builtin_prefetch(&slots[home(key)]); }
    Value *known(Key key) {
        auto &value = slots[place(key)].value;
        return value.empty() ? nullptr : &value;
    }
    Value &of(Key key) {
        if (8 * used >= 5 * slots.size()) grow();
        auto &slot = slots[place(key)];
        used += slot.value.empty();
        slot.key = key;
        return slot.value;
    }
    // What comes after it moves up, so that no search ends too early.
    void forget(Key key) {
        size_t hole = place(key), mask = slots.size() - 1;
        for (size_t at = after(hole); !slots[at].value.empty(); at = after(at)) {
            if (((at - home(slots[at].key)) & mask) < ((at - hole) & mask)) continue;
            slots[hole] = std::move(slots[at]);
            hole = at;
        }
        slots[hole] = Slot{};
        --used;
    }
    size_t size() const { return used; }
    std::vector<Key> held() const {
        std::vector<Key> all;
        for (auto &slot : slots)
            if (!slot.value.empty()) all.push_back(slot.key);
        return all;
    }
};

// --- words ----------------------------------------------------------------------------------------------------

struct Weighed {
    Words words;  // rarest first
    std::vector<double> weights;
    double whole = 0;
};

struct Use {
    uint32_t count = 0;
    Numbers mentions, stories;  // the oldest first

    bool empty() const { return !count && mentions.empty(); }
};

struct Rarity {
    uint64_t stories = 0;
    size_t live = 0;  // words that stories use
    Table<Word, Use> uses;

    double weight(uint32_t count) const { return std::log(1 + (stories + 1.0) / (count + 1.0)); }
    uint32_t count(Word word) {
        auto use = uses.known(word);
        return use ? use->count : 0;
    }
    Use &use(Word word) {
        auto &use = uses.of(word);
        live += !use.count++;
        return use;
    }
    void drop(Word word) {
        auto use = uses.known(word);
        if (!use || !use->count) throw std::out_of_range("no story uses this word");
        if (--use->count) return;
        --live;
        use->stories = {};
        if (use->empty()) left(word);
    }
    // There is nothing in its record any more.
    void left(Word word) { uses.forget(word); }
    double total(const Words &said) {
        Sum whole;
        for (auto word : said) uses.fetch(word);
        for (auto word : said) whole.add(weight(count(word)));
        return whole.whole();
    }
    Weighed weigh(const Words &said) {
        std::vector<std::pair<uint32_t, Word>> found;
        found.reserve(said.size());
        for (auto word : said) uses.fetch(word);
        for (auto word : said) found.emplace_back(count(word), word);
        std::sort(found.begin(), found.end());
        Weighed weighed;
        weighed.words.reserve(said.size());
        weighed.weights.reserve(said.size());
        Sum whole;
        for (auto [count, word] : found) {
            weighed.words.push_back(word);
            weighed.weights.push_back(weight(count));
            whole.add(weighed.weights.back());
        }
        weighed.whole = whole.whole();
        return weighed;
    }
};

// The number comes last; of those there the newest remain.
inline void post(Numbers &known, int64_t number, size_t posted) {
    if (known.size() >= posted) known.erase(known.begin());
    known.push_back(number);
}

// Adds the numbers of these lists, at most `most`; the list that could be cut short for it is the last one.
inline void newest(Numbers &found, const std::vector<const Numbers *> &lists, size_t most, size_t posted) {
    for (auto list : lists) fetch(*list);
    found.reserve(found.size() + most);
    for (auto list : lists) {
        size_t taken = most < posted ? std::min(most, list->size()) : list->size();
        found.insert(found.end(), list->end() - taken, list->end());
        if (most < posted) break;
        most -= taken;
    }
}

// How many times more a number is in it that is so more than once, and the number; in no order. Counted in a small
// table: to sort them would take most of the time of a query.
inline Pairs repeated(const Numbers &found) {
    size_t mask = 127;
    while (mask < 2 * found.size()) mask = 2 * mask + 1;
    Pairs cells(mask + 1), times;
    for (auto number : found) {
        size_t at = (uint64_t(number) * SEED >> 32) & mask;
        while (cells[at].first && cells[at].second != number) at = (at + 1) & mask;
        cells[at] = {cells[at].first + 1, number};
    }
    for (auto [count, number] : cells)
        if (count > 1) times.emplace_back(count - 1, number);
    return times;
}

}  // namespace likeness
