/* The sentences are npm's (reify-output), commas and "and"s included, because scripts read them. */
#include "install/summary.h"

#include "base/map.h"
#include "lockfile/funding.h"

size_t cpm_summary_count_funding(const struct cpm_lock *lock)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_map seen = CPM_MAP_INIT;
    size_t count = 0;

    for (size_t i = 0; i < lock->count; i++) {
        const struct cpm_lock_entry *e = &lock->entries[i];
        const struct cpm_manifest *m = e->manifest;
        const char *id;

        if (e->location.len == 0 || e->link || e->inert || e->extraneous || !m ||
            m->raw[CPM_RAW_FUNDING].len == 0)
            continue;
        id = cpm_arena_printf(&arena, "%s@%s", m->name ? m->name->text : e->location.ptr,
                              m->version ? m->version->text : "");
        if (!cpm_map_set(&seen, cpm_str(id), &arena) &&
            cpm_funding_text_is_valid(m->raw[CPM_RAW_FUNDING]))
            count++;
    }
    cpm_map_release(&seen);
    cpm_arena_release(&arena);
    return count;
}

void cpm_summary_count_changes(struct cpm_summary *summary)
{
    summary->added = summary->removed = summary->changed = 0;
    for (size_t i = 0; i < summary->change_count; i++) {
        summary->added += summary->changes[i].type == CPM_CHANGE_ADD;
        summary->removed += summary->changes[i].type == CPM_CHANGE_REMOVE;
        summary->changed += summary->changes[i].type == CPM_CHANGE_UPDATE;
    }
}

void cpm_duration_write(uint64_t ms, struct cpm_buf *out)
{
    static const struct {
        uint64_t ms;
        const char *unit;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
    size_t i = 0;

    while (i < 4 && ms < units[i].ms)
        i++;
    cpm_buf_addf(out, "%llu%s", (unsigned long long)((ms + units[i].ms / 2) / units[i].ms),
                 units[i].unit);
}

static void write_count(struct cpm_buf *out, const char *verb, size_t n)
{
    cpm_buf_addf(out, "%s %zu package%s", verb, n, n == 1 ? "" : "s");
}

static void write_changes(const struct cpm_summary *s, struct cpm_buf *out)
{
    if (!s->added && !s->removed && !s->changed)
        cpm_buf_add_text(out, "up to date");
    if (s->added)
        write_count(out, "added", s->added);
    if (s->removed) {
        cpm_buf_add_text(out, !s->added ? "" : s->changed || s->audited ? ", " : ", and ");
        write_count(out, "removed", s->removed);
    }
    if (s->changed) {
        cpm_buf_add_text(out, !s->added && !s->removed ? "" : s->audited ? ", " : ", and ");
        write_count(out, "changed", s->changed);
    }
    if (s->audited) {
        cpm_buf_add_text(out, s->added || s->removed || s->changed ? ", and " : ", ");
        write_count(out, "audited", s->audited);
    }
}

void cpm_summary_write(const struct cpm_summary *s, uint64_t elapsed_ms, const char *program,
                       struct cpm_buf *out)
{
    cpm_buf_add_char(out, '\n');
    write_changes(s, out);
    cpm_buf_add_text(out, " in ");
    cpm_duration_write(elapsed_ms, out);
    cpm_buf_add_char(out, '\n');
    if (!program || !s->funding)
        return;
    cpm_buf_addf(out, "\n%zu package%s %s looking for funding\n  run `%s fund` for details\n",
                 s->funding, s->funding == 1 ? "" : "s", s->funding == 1 ? "is" : "are", program);
}
