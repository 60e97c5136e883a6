/* npm does not test every version: of a run with vulnerable ends all between are taken for
 * vulnerable, other runs are halved; prereleases at a run's ends and at the cut go the way of their
 * neighbours. What is reported as a range follows from that, so it is done the same way here. */
#include "look/advisory.h"

/* Versions [from, to) of the packument. */
struct run {
    uint32_t from, to;
};

struct runs {
    struct cpm_advisory *a;
    struct run *v;
    size_t count;
};

static bool is_pre(const struct runs *r, uint32_t i)
{
    struct cpm_packument_facts facts;
    cpm_packument_facts(r->a->packument, i, &facts);
    return facts.version.prerelease.len > 0;
}

static bool test(const struct runs *r, uint32_t i)
{
    return cpm_advisory_has_index(r->a, i, CPM_STR_NONE);
}

static void mark(const struct runs *r, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        r->a->vulnerable[i] = true;
}

static void split(struct runs *r, struct run run)
{
    struct run pre = {run.from, run.from + (run.to - run.from) / 2}, post = {pre.to, run.to};
    if (!is_pre(r, pre.from)) {
        bool bad = test(r, pre.to - 1);
        for (; is_pre(r, pre.to - 1); pre.to--)
            if (bad)
                mark(r, pre.to - 1, pre.to);
    }
    if (!is_pre(r, post.to - 1)) {
        bool bad = test(r, post.from);
        for (; is_pre(r, post.from); post.from++)
            if (bad)
                mark(r, post.from, post.from + 1);
    }
    r->v[r->count++] = pre;
    r->v[r->count++] = post;
}

static void test_run(struct runs *r, struct run run)
{
    uint32_t h = run.from, last = run.to - 1, t = last;
    bool head = test(r, h), tail;
    while (h < run.to && is_pre(r, h))
        h++;
    if (h == run.to)
        h = run.from;
    else if (head)
        mark(r, run.from, h);
    tail = test(r, t);
    while (t > h && is_pre(r, t))
        t--;
    if (t == h)
        t = last;
    else if (tail)
        mark(r, t + 1, run.to);
    head = h == run.from ? head : test(r, h);
    tail = t == last ? tail : test(r, t);
    if (head && tail)
        mark(r, h, t);
    else if (t >= h + 2)
        split(r, run);
}

/* A run of n versions is halved less than n times, so there are at most two more runs for each
 * version beside the first ones. */
void cpm_advisory_test_all(struct cpm_advisory *a)
{
    uint32_t count = cpm_advisory_count(a);
    struct runs r = {.a = a, .v = CPM_NEW_ARRAY(a->arena, struct run, 4 * (size_t)count + 1)};
    struct cpm_packument_facts last, now;
    for (uint32_t i = 0; i < count; i++) {
        cpm_packument_facts(a->packument, i, &now);
        if (i == 0 || now.version.major != last.version.major ||
            now.version.minor != last.version.minor)
            r.v[r.count++] = (struct run){i, i};
        r.v[r.count - 1].to = i + 1;
        last = now;
    }
    for (size_t i = 0; i < r.count; i++)
        test_run(&r, r.v[i]);
}
