/* npm looks for marker runs anywhere in a line, and so do we: a line with one is a marker, whatever
 * else it holds. */
#include "lockfile/lock_conflict.h"

#include "base/json.h"
#include "lockfile/merge.h"
#include "lockfile/raw.h"

enum section { PARENT = 1, OURS = 2, THEIRS = 4, ALL = PARENT | OURS | THEIRS };

/* In the order in which npm asks. */
static const struct marker {
    const char *run;
    enum section begins;
} markers[] = {
    {"|||||||", PARENT},
    {"<<<<<<<", OURS},
    {"=======", THEIRS},
    {">>>>>>>", ALL},
};

bool cpm_conflict_found(struct cpm_str text)
{
    return cpm_str_find(text, "<<<<<<<") != CPM_NPOS && cpm_str_find(text, "=======") != CPM_NPOS &&
           cpm_str_find(text, ">>>>>>>") != CPM_NPOS;
}

static const struct marker *find_marker(struct cpm_str line)
{
    for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++)
        if (cpm_str_find(line, markers[i].run) != CPM_NPOS)
            return &markers[i];
    return NULL;
}

static struct cpm_str keep(struct cpm_buf *buf, struct cpm_arena *arena)
{
    struct cpm_str text = cpm_raw_keep(buf, arena);

    cpm_buf_release(buf);
    return text;
}

void cpm_conflict_split(struct cpm_str text, struct cpm_arena *arena, struct cpm_conflict *out)
{
    struct cpm_buf parent = CPM_BUF_INIT(text.len), ours = parent, theirs = parent;
    enum section now = ALL;
    struct cpm_str rest = text, line;

    if (cpm_str_starts(text, "\xEF\xBB\xBF"))
        rest = cpm_str_sub(text, 3, text.len);
    while (cpm_str_split(&rest, '\n', &line)) {
        const struct marker *marker = find_marker(line);

        if (marker) {
            now = marker->begins;
            continue;
        }
        if (now & PARENT)
            cpm_buf_add_str(&parent, line);
        if (now & OURS)
            cpm_buf_add_str(&ours, line);
        if (now & THEIRS)
            cpm_buf_add_str(&theirs, line);
    }
    out->parent = keep(&parent, arena);
    out->ours = keep(&ours, arena);
    out->theirs = keep(&theirs, arena);
}

static size_t first_marker_line(struct cpm_str text)
{
    struct cpm_str rest = text, line;
    size_t n = 1;

    while (cpm_str_split(&rest, '\n', &line) && !find_marker(line))
        n++;
    return n;
}

static int parse_side(struct cpm_str text, const char *side, struct cpm_json **out,
                      struct cpm_error *err)
{
    int rc = cpm_json_parse(text, side, CPM_JSON_LAST_WINS, out, err);

    if (rc == 0 && !cpm_json_is(*out, CPM_JSON_OBJECT))
        rc = cpm_error_set(err, CPM_EJSONPARSE, "%s: must be an object", side);
    return rc;
}

int cpm_conflict_merge(struct cpm_str text, const char *file, struct cpm_arena *arena,
                       struct cpm_str *out, struct cpm_error *err)
{
    struct cpm_json *parent = NULL, *ours = NULL, *theirs = NULL;
    struct cpm_buf merged = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_conflict sides;
    int rc;

    cpm_conflict_split(text, arena, &sides);
    rc = parse_side(sides.parent, "the common version", &parent, err);
    if (rc == 0)
        rc = parse_side(sides.ours, "our side", &ours, err);
    if (rc == 0)
        rc = parse_side(sides.theirs, "their side", &theirs, err);
    if (rc == 0) {
        cpm_merge(parent, ours, theirs);
        cpm_json_write(theirs, CPM_STR_NONE, CPM_STR_NONE, &merged);
        *out = cpm_raw_keep(&merged, arena);
    } else {
        cpm_error_prefix(err, "%s:%zu:1: merge conflict that has to be resolved by hand: ", file,
                         first_marker_line(text));
    }
    cpm_buf_release(&merged);
    cpm_json_free(parent);
    cpm_json_free(ours);
    cpm_json_free(theirs);
    return rc;
}
