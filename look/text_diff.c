/* Myers' O(ND) over numbered lines: equal lines have equal numbers. Each diagonal keeps the path
 * that came furthest, as a list of steps from its end; paths share their beginnings, so a step is
 * counted by those that lead to it and its room is used again. Which of two equally short paths is
 * taken is npm's choice (the diagonals that have met an edge are left out, and a removal is taken
 * unless an addition began further), because patches are compared as text. */
#include "look/text_diff.h"

#include "base/map.h"
#include "look/text_hunks.h"

#define EDITS_MAX 8192       /* lines added and removed; the time grows with its square */
#define STEPS_MAX (4u << 20) /* of all paths; what is needed is far less */

struct step {
    struct step *before;
    uint32_t refs;
    struct cpm_text_run run;
};

struct path {
    struct step *last;
    int64_t from; /* index of the last line of `from` that it has passed; -1 at the beginning */
    bool alive;
};

struct search {
    struct cpm_arena arena;
    const struct cpm_text_lines *lines;
    int64_t most;       /* edits */
    struct path *paths; /* by diagonal, the middle one at most + 1 */
    struct step *unused;
    size_t steps;
    int64_t low, high; /* diagonals beyond these have met an edge */
};

static void drop(struct search *s, struct step *step)
{
    while (step && --step->refs == 0) {
        struct step *before = step->before;
        step->before = s->unused;
        s->unused = step;
        step = before;
    }
}

static struct step *hold(struct step *step)
{
    if (step)
        step->refs++;
    return step;
}

/* A path's last step with `count` more of a kind: a new step, since others may share the old one.
 * Takes the reference to `last`. */
static struct step *extend(struct search *s, struct step *last, enum cpm_text_kind kind,
                           size_t count)
{
    struct step *step = s->unused;
    bool joins = last && last->run.kind == kind;
    if (step) {
        s->unused = step->before;
    } else {
        step = CPM_NEW(&s->arena, struct step);
        s->steps++;
    }
    *step = (struct step){.refs = 1, .run = {.kind = kind, .count = count}};
    if (!joins) {
        step->before = last;
        return step;
    }
    step->run.count += last->run.count;
    step->before = hold(last->before);
    drop(s, last);
    return step;
}

/* Follows equal lines; gives the index of the last line of `to` that the path has passed. */
static int64_t follow(struct search *s, struct path *path, int64_t diagonal)
{
    const struct cpm_text_lines *l = s->lines;
    int64_t from = path->from, to = from - diagonal, start = from;
    while (to + 1 < (int64_t)l->to.count && from + 1 < (int64_t)l->from.count &&
           l->from.ids[from + 1] == l->to.ids[to + 1]) {
        from++;
        to++;
    }
    if (from > start)
        path->last = extend(s, path->last, CPM_TEXT_SAME, (size_t)(from - start));
    path->from = from;
    return to;
}

static void clear(struct search *s, struct path *path)
{
    drop(s, path->last);
    *path = (struct path){0};
}

/* The path on this diagonal, one edit longer than its neighbours'. False when there is none. */
static bool branch(struct search *s, int64_t diagonal, struct path *out)
{
    struct path *at = &s->paths[diagonal + s->most + 1], *longer = at + 1, removed = at[-1];
    int64_t added_to = longer->from - diagonal;
    bool can_add = longer->alive && added_to >= 0 && added_to < (int64_t)s->lines->to.count;
    bool can_remove = removed.alive && removed.from + 1 < (int64_t)s->lines->from.count;
    at[-1] = (struct path){0}; /* nobody else asks for it */
    if (can_add && (!can_remove || removed.from < longer->from)) {
        *out = (struct path){.from = longer->from, .alive = true};
        out->last = extend(s, hold(longer->last), CPM_TEXT_ADDED, 1);
    } else if (can_remove) {
        *out = (struct path){.from = removed.from + 1, .alive = true};
        out->last = extend(s, hold(removed.last), CPM_TEXT_REMOVED, 1);
    }
    drop(s, removed.last);
    clear(s, at);
    return can_add || can_remove;
}

/* All paths of one more edit; true when one of them is at the end of both texts. */
static bool lengthen(struct search *s, int64_t edits, struct path *found)
{
    int64_t from_end = (int64_t)s->lines->from.count, to_end = (int64_t)s->lines->to.count;
    int64_t d = s->low > -edits ? s->low : -edits;
    for (; d <= (s->high < edits ? s->high : edits); d += 2) {
        struct path path;
        if (!branch(s, d, &path))
            continue;
        int64_t to = follow(s, &path, d);
        if (path.from + 1 >= from_end && to + 1 >= to_end) {
            *found = path;
            return true;
        }
        s->paths[d + s->most + 1] = path;
        if (path.from + 1 >= from_end && s->high > d - 1)
            s->high = d - 1;
        if (to + 1 >= to_end && s->low < d + 1)
            s->low = d + 1;
    }
    return false;
}

static bool find_path(struct search *s, struct path *found)
{
    struct path *first = &s->paths[s->most + 1];
    *first = (struct path){.from = -1, .alive = true};
    int64_t to = follow(s, first, 0);
    if (first->from + 1 >= (int64_t)s->lines->from.count && to + 1 >= (int64_t)s->lines->to.count) {
        *found = *first;
        return true;
    }
    for (int64_t edits = 1; edits <= s->most && s->steps < STEPS_MAX; edits++)
        if (lengthen(s, edits, found))
            return true;
    return false;
}

static struct cpm_text_runs in_order(struct search *s, const struct step *last)
{
    struct cpm_text_runs runs = {0};
    for (const struct step *step = last; step; step = step->before)
        runs.count++;
    runs.v = CPM_NEW_ARRAY(&s->arena, struct cpm_text_run, runs.count + 1);
    size_t at = runs.count;
    for (const struct step *step = last; step; step = step->before)
        runs.v[--at] = step->run;
    return runs;
}

/* What is equal at both ends stays, all between is replaced. */
static struct cpm_text_runs replaced(struct search *s)
{
    const struct cpm_text_lines *l = s->lines;
    struct cpm_text_runs runs = {CPM_NEW_ARRAY(&s->arena, struct cpm_text_run, 4), 0};
    size_t most = l->from.count < l->to.count ? l->from.count : l->to.count, head = 0, tail = 0;
    while (head < most && l->from.ids[head] == l->to.ids[head])
        head++;
    while (tail < most - head &&
           l->from.ids[l->from.count - 1 - tail] == l->to.ids[l->to.count - 1 - tail])
        tail++;
    const struct cpm_text_run all[] = {{CPM_TEXT_SAME, head},
                                       {CPM_TEXT_REMOVED, l->from.count - head - tail},
                                       {CPM_TEXT_ADDED, l->to.count - head - tail},
                                       {CPM_TEXT_SAME, tail}};
    for (size_t i = 0; i < 4; i++)
        if (all[i].count)
            runs.v[runs.count++] = all[i];
    return runs;
}

static size_t count_lines(struct cpm_str text)
{
    size_t count = 0;
    for (struct cpm_str rest = text; rest.len; count++) {
        size_t end = cpm_str_chr(rest, '\n');
        rest = cpm_str_sub(rest, end == CPM_NPOS ? rest.len : end + 1, rest.len);
    }
    return count;
}

/* Lines end with their newline. `known` gives a line its number. */
static void cut(struct search *s, struct cpm_str text, bool ignore_space, struct cpm_map *known,
                struct cpm_text_side *out)
{
    size_t max = count_lines(text) + 1;
    out->v = CPM_NEW_ARRAY(&s->arena, struct cpm_str, max);
    out->ids = CPM_NEW_ARRAY(&s->arena, const void *, max);
    out->count = 0;
    while (text.len) {
        size_t end = cpm_str_chr(text, '\n');
        struct cpm_str line = cpm_str_sub(text, 0, end == CPM_NPOS ? text.len : end + 1);
        struct cpm_str key = ignore_space ? cpm_str_trim(line) : line;
        struct cpm_str *slot = &out->v[out->count];
        *slot = line;
        void *id = cpm_map_get(known, key);
        if (!id)
            cpm_map_set(known, key, id = slot);
        out->ids[out->count++] = id;
        text = cpm_str_sub(text, line.len, text.len);
    }
}

void cpm_text_diff(const struct cpm_text_diff *diff, struct cpm_buf *out)
{
    struct search s = {.arena = CPM_ARENA_INIT, .low = INT64_MIN, .high = INT64_MAX};
    struct cpm_map known = CPM_MAP_INIT;
    struct cpm_text_lines lines;
    struct path found = {0};
    s.lines = &lines;
    cut(&s, diff->from, diff->ignore_space, &known, &lines.from);
    cut(&s, diff->to, diff->ignore_space, &known, &lines.to);
    s.most = (int64_t)(lines.from.count + lines.to.count);
    s.most = s.most > EDITS_MAX ? EDITS_MAX : s.most;
    s.paths = CPM_NEW_ARRAY(&s.arena, struct path, 2 * (size_t)s.most + 3);
    bool complete = find_path(&s, &found);
    struct cpm_text_runs runs = complete ? in_order(&s, found.last) : replaced(&s);
    cpm_text_hunks(&lines, &runs, diff->context, out);
    cpm_map_release(&known);
    cpm_arena_release(&s.arena);
}
