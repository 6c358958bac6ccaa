// `processors.centroid`, compiled.
#pragma once

#include <deque>
#include <unordered_map>

#include "words.hpp"

namespace likeness {

// The numbers of `processors.centroid`, likewise.
struct CentroidLimits {
    double about, same, age, old, gap, lasting;
    size_t least_words, posted, looked_up, looked_at, compared, most_words, swept;
};
inline CentroidLimits CENTROID{};

struct Story {
    struct Count {
        Word word;
        uint32_t times;
    };
    std::vector<Count> counts;  // in the order of words
    int64_t opened = 0, mentions = 0, hour = -1;
    double square = 0;

    bool empty() const { return !mentions; }
    uint32_t said(Word word) const {
        size_t at = place(word);
        return at < counts.size() && counts[at].word == word ? counts[at].times : 0;
    }
    // Returns how many times it was said before.
    uint32_t say(Word word, uint32_t times) {
        size_t at = place(word);
        if (at == counts.size() || counts[at].word != word) counts.insert(counts.begin() + at, {word, 0});
        counts[at].times += times;
        return counts[at].times - times;
    }
    void forget(Word word) { counts.erase(counts.begin() + place(word)); }

  private:
    // Where it is or belongs; halved without branches, which could not be foretold.
    size_t place(Word word) const {
        size_t at = 0, left = counts.size();
        while (left > 1) {
            size_t half = left / 2;
            at += counts[at + half - 1].word < word ? half : 0;
            left -= half;
        }
        return at + (left && counts[at].word < word);
    }
};

// What is looked for: its words, the weightiest first, with what each adds to a product.
struct Told {
    Words words;
    std::vector<double> squares;
    double square;  // of its length
};

struct Nearest {
    int64_t story = 0;
    double likeness = -1;  // below 0: there is none
};

struct Centroids {
    Table<int64_t, Story> stories;
    std::deque<Pair> ages;                          // hours and stories
    std::unordered_map<int64_t, int64_t> changed;  // how many changes there had been then
    int64_t changes = 0;

    Nearest find(Rarity &rarity, const Weighed &weighed, int64_t hour) {
        if (weighed.words.size() < CENTROID.least_words) return {};
        Told told{weighed.words, {}, 0};
        Sum whole;
        for (auto weight : weighed.weights) {
            told.squares.push_back(weight * weight);
            whole.add(weight * weight);
        }
        told.square = whole.whole();
        return nearest(rarity, told, CENTROID.about, hour, 0);
    }

    void add(Rarity &rarity, int64_t story, const Weighed &weighed, int64_t hour) {
        auto one = stories.known(story);
        if (one)
            changed[story] = ++changes;
        else
            one = open(rarity, story, hour, weighed.words.size());
        ++one->mentions;
        stay(*one, story, hour);
        for (size_t at = 0; at < weighed.words.size(); ++at) {
            double weight = weighed.weights[at];
            uint32_t times = one->say(weighed.words[at], 1);
            one->square += (2.0 * times + 1) * weight * weight;
            if (!times) post(rarity.use(weighed.words[at]).stories, story, CENTROID.posted);
        }
        if (one->counts.size() > CENTROID.most_words) prune(rarity, *one);
    }

    // The last ones of those that changed since it was asked, in the order of their numbers.
    Numbers swept() {
        Pairs last;
        for (auto [story, change] : changed) last.emplace_back(change, story);
        std::sort(last.rbegin(), last.rend());
        last.resize(std::min(last.size(), CENTROID.swept));
        Numbers found;
        for (auto [change, story] : last) found.push_back(story);
        std::sort(found.begin(), found.end());
        changed.clear();
        return found;
    }

    // Measures it anew.
    Nearest nearest_to(Rarity &rarity, int64_t story) {
        auto one = stories.known(story);
        if (!one || one->mentions < 2) return {};
        auto told = tell(rarity, *one);
        one->square = told.square;
        return nearest(rarity, told, CENTROID.same, 0, story);
    }

    void measure(Rarity &rarity, int64_t story) {
        auto one = stories.known(story);
        if (one && one->mentions > 1) one->square = tell(rarity, *one).square;
    }

    void join(Rarity &rarity, int64_t kept, int64_t joined) {
        auto gone = stories.known(joined);
        if (!gone) return;
        Story other = std::move(*gone);
        stories.forget(joined);
        auto one = stories.known(kept);
        if (!one) one = open(rarity, kept, other.opened, other.counts.size());
        one->mentions += other.mentions;
        close(rarity, other);
        for (auto [word, times] : other.counts)
            if (!one->say(word, times)) post(rarity.use(word).stories, kept, CENTROID.posted);
        one->opened = std::min(one->opened, other.opened);
        if (other.hour > one->hour) stay(*one, kept, other.hour);
        if (changed.emplace(kept, changes + 1).second) ++changes;
        one->square = tell(rarity, *one).square;
    }

    void expire(Rarity &rarity, int64_t oldest) {
        for (; !ages.empty() && ages.front().first < oldest; ages.pop_front()) {
            int64_t story = ages.front().second;
            auto one = stories.known(story);
            if (!one || one->hour >= oldest) continue;
            Story closed = std::move(*one);
            stories.forget(story);
            changed.erase(story);
            close(rarity, closed);
        }
    }

  private:
    Story *open(Rarity &rarity, int64_t story, int64_t hour, size_t words) {
        auto &one = stories.of(story);
        one.opened = hour;
        one.counts.reserve(words);
        ++rarity.stories;
        return &one;
    }

    void stay(Story &one, int64_t story, int64_t hour) {
        if (one.hour == hour) return;
        one.hour = hour;
        ages.emplace_back(hour, story);
    }

    static void close(Rarity &rarity, const Story &one) {
        --rarity.stories;
        for (auto [word, times] : one.counts) rarity.drop(word);
    }

    Nearest nearest(Rarity &rarity, const Told &told, double least, int64_t hour, int64_t but) {
        Nearest best;
        double length = std::sqrt(told.square);
        for (auto [times, story] : candidates(rarity, told.words)) {
            if (story == but) continue;
            auto &one = *stories.known(story);
            double likeness = one.square ? product(told, one) / (length * std::sqrt(one.square)) : 0;
            if (likeness < least || (hour && likeness < least * demand(one, hour))) continue;
            if (likeness > best.likeness || (likeness == best.likeness && story < best.story)) best = {story, likeness};
        }
        best.likeness = std::min(best.likeness, 1.0);
        return best;
    }

    Pairs candidates(Rarity &rarity, const Words &words) {
        std::vector<const Numbers *> posted;
        for (size_t at = 0; at < std::min(words.size(), CENTROID.looked_at); ++at)
            if (auto use = rarity.uses.known(words[at])) posted.push_back(&use->stories);
        Numbers found;
        newest(found, posted, CENTROID.looked_up, CENTROID.posted);
        auto times = repeated(found);
        for (auto each : times) stories.fetch(each.second);
        times.erase(std::remove_if(times.begin(), times.end(), [&](auto &each) { return !stories.known(each.second); }),
                    times.end());
        std::sort(times.begin(), times.end(), [](auto &one, auto &other) {
            return one.first > other.first || (one.first == other.first && one.second < other.second);
        });
        if (times.size() > CENTROID.compared) times.resize(CENTROID.compared);
        for (auto each : times) fetch(stories.known(each.second)->counts);
        return times;
    }

    static double product(const Told &told, const Story &one) {
        Sum whole;
        for (size_t at = 0; at < std::min(told.words.size(), CENTROID.looked_at); ++at)
            if (auto times = one.said(told.words[at])) whole.add(told.squares[at] * times);
        return whole.whole();
    }

    static double demand(const Story &one, int64_t hour) {
        double age = (double(hour) - one.opened) / CENTROID.old, gap = (double(hour) - one.hour) / CENTROID.lasting;
        return 1 + CENTROID.age * std::log2(1 + age) + CENTROID.gap * std::log2(1 + gap);
    }

    void prune(Rarity &rarity, Story &one) {
        std::vector<std::pair<double, Word>> ranked;
        for (auto [word, times] : one.counts) ranked.emplace_back(times * rarity.weight(rarity.count(word)), word);
        std::sort(ranked.begin(), ranked.end());
        ranked.resize(ranked.size() - CENTROID.most_words / 2);
        for (auto [weight, word] : ranked) {
            one.forget(word);
            rarity.drop(word);
        }
        one.square = tell(rarity, one).square;
    }

    static Told tell(Rarity &rarity, const Story &one) {
        Words words;
        for (auto [word, times] : one.counts) words.push_back(word);
        auto weighed = rarity.weigh(words);
        std::vector<std::pair<double, size_t>> ranked;
        Sum whole;
        for (size_t at = 0; at < words.size(); ++at) {
            double weight = weighed.weights[at], times = one.said(weighed.words[at]), square = times * weight * weight;
            whole.add(times * square);
            ranked.emplace_back(-square, at);
        }
        size_t most = std::min(ranked.size(), CENTROID.looked_at);
        std::partial_sort(ranked.begin(), ranked.begin() + most, ranked.end());
        Told told{{}, {}, whole.whole()};
        for (size_t at = 0; at < most; ++at) {
            told.words.push_back(weighed.words[ranked[at].second]);
            told.squares.push_back(-ranked[at].first);
        }
        return told;
    }
};

}  // namespace likeness
