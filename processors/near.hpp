// `processors.near`, compiled.
#pragma once

#include <deque>

#include "words.hpp"

namespace likeness {

// The numbers of `processors.near`, which is asked for them when this is imported.
struct NearLimits {
    double alike, inside, inside_alike, prefix;
    size_t least_prefix, least_words, posted, looked_up, compared;
};
inline NearLimits NEAR{};

inline size_t prefix(const Weighed &weighed) {
    double left = weighed.whole * NEAR.prefix;
    for (size_t at = 0; at < weighed.weights.size(); ++at) {
        left -= weighed.weights[at];
        if (left < 0 && at + 1 >= NEAR.least_prefix) return at + 1;
    }
    return weighed.weights.size();
}

struct Seen {
    int64_t story = 0;
    size_t rarest = 0;  // words that it is found by, the first ones
    Words words;

    bool empty() const { return words.empty(); }
};

struct Twin {
    int64_t n = 0, story = 0;
    double likeness = 0;  // 0: there is none
};

struct Near {
    Table<int64_t, Seen> seen;
    std::deque<Pair> ages;  // hours and numbers

    Twin find(Rarity &rarity, const Weighed &weighed) {
        Twin best;
        if (weighed.words.size() < NEAR.least_words) return best;
        for (auto [times, n] : candidates(rarity, weighed)) {
            auto one = seen.known(n);
            double likeness = one ? alike(rarity, *one, weighed) : 0;
            if (likeness > best.likeness || (likeness && likeness == best.likeness && n > best.n))
                best = {n, one->story, likeness};
        }
        return best;
    }

    void add(Rarity &rarity, int64_t n, int64_t story, const Weighed &weighed, int64_t hour) {
        if (weighed.words.size() < NEAR.least_words) return;
        size_t rarest = prefix(weighed);
        seen.of(n) = {story, rarest, weighed.words};
        ages.emplace_back(hour, n);
        for (size_t at = 0; at < rarest; ++at) post(rarity.uses.of(weighed.words[at]).mentions, n, NEAR.posted);
    }

    void expire(Rarity &rarity, int64_t oldest) {
        for (; !ages.empty() && ages.front().first < oldest; ages.pop_front()) forget(rarity, ages.front().second);
    }

  private:
    void forget(Rarity &rarity, int64_t n) {
        auto one = seen.known(n);
        if (!one) return;
        for (size_t at = 0; at < one->rarest; ++at) {
            auto use = rarity.uses.known(one->words[at]);
            if (!use || use->mentions.empty() || use->mentions.front() != n) continue;
            use->mentions.erase(use->mentions.begin());
            if (use->empty()) rarity.left(one->words[at]);
        }
        seen.forget(n);
    }

    // The very rarest word counts twice, so that it is enough.
    Pairs candidates(Rarity &rarity, const Weighed &weighed) {
        std::vector<const Numbers *> posted;
        for (size_t at = 0, rarest = prefix(weighed); at < rarest; ++at) {
            auto use = rarity.uses.known(weighed.words[at]);
            if (use && !use->mentions.empty()) posted.push_back(&use->mentions);
        }
        Numbers found = posted.empty() ? Numbers{} : *posted[0];
        newest(found, posted, NEAR.looked_up, NEAR.posted);
        auto times = repeated(found);
        std::sort(times.rbegin(), times.rend());
        if (times.size() > NEAR.compared) times.resize(NEAR.compared);
        for (auto each : times) seen.fetch(each.second);
        for (auto each : times) {
            auto one = seen.known(each.second);
            if (one) fetch(one->words);
        }
        return times;
    }

    static double alike(Rarity &rarity, const Seen &one, const Weighed &weighed) {
        Sum shared;
        Words rest;
        for (auto word : one.words) {
            size_t at = std::find(weighed.words.begin(), weighed.words.end(), word) - weighed.words.begin();
            if (at < weighed.words.size())
                shared.add(weighed.weights[at]);
            else
                rest.push_back(word);
        }
        double both = shared.whole(), whole = weighed.whole;
        if (both < NEAR.inside_alike * whole) return 0;
        double apart = rarity.total(rest), likeness = both / (whole + apart);
        if (likeness >= NEAR.alike) return likeness;
        return both >= NEAR.inside * std::min(whole, both + apart) && likeness >= NEAR.inside_alike ? likeness : 0;
    }
};

}  // namespace likeness
