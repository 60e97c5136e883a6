/* A walk to the depth along dependencies: a workspace is put down when all that it needs has been.
 * One that is met again while its own are looked at closes a circle and is passed over. */
#include "cli/run_order.h"

#include "base/map.h"

enum { NEW, OPEN, PUT };

struct order {
    struct cpm_arena *arena;
    struct cpm_run_workspace *in, *out;
    size_t count, put;
    struct cpm_map by_name; /* name → its place in `in` */
    unsigned char *state;
    size_t *place; /* in `out` */
};

/* What `i` depends on among the workspaces: the place in `in`, or CPM_NPOS. */
static size_t find(const struct order *o, size_t i, struct cpm_str name)
{
    const struct cpm_run_workspace *w = cpm_map_get(&o->by_name, name);

    return w && w != &o->in[i] ? (size_t)(w - o->in) : CPM_NPOS;
}

static void put(struct order *o, size_t i);

static void put_group(struct order *o, size_t i, const char *group, struct cpm_run_workspace *w)
{
    CPM_JSON_EACH (cpm_json_get(o->in[i].package.json, cpm_str(group)), dep) {
        size_t need = find(o, i, cpm_json_key(dep));

        if (need == CPM_NPOS)
            continue;
        if (o->state[need] == NEW)
            put(o, need);
        if (o->state[need] == PUT && w->after_count < o->count)
            w->after[w->after_count++] = o->place[need];
    }
}

static void put(struct order *o, size_t i)
{
    static const char *const groups[] = {"dependencies", "devDependencies", "optionalDependencies",
                                         "peerDependencies"};
    struct cpm_run_workspace w = o->in[i];

    w.after = CPM_NEW_ARRAY(o->arena, size_t, o->count);
    o->state[i] = OPEN;
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
        put_group(o, i, groups[g], &w);
    o->state[i] = PUT;
    o->place[i] = o->put;
    o->out[o->put++] = w;
}

int cpm_run_order(struct cpm_cli *cli, const struct cpm_workspace_pick *picks, size_t count,
                  struct cpm_run_workspace **out, struct cpm_error *err)
{
    struct order o = {.arena = cli->arena, .count = count, .by_name = CPM_MAP_INIT};
    int rc = 0;

    o.in = CPM_NEW_ARRAY(cli->arena, struct cpm_run_workspace, count + 1);
    o.out = CPM_NEW_ARRAY(cli->arena, struct cpm_run_workspace, count + 1);
    o.state = CPM_NEW_ARRAY(cli->arena, unsigned char, count + 1);
    o.place = CPM_NEW_ARRAY(cli->arena, size_t, count + 1);
    for (size_t i = 0; i < count && rc == 0; i++) {
        o.in[i].name = picks[i].name;
        rc = cpm_script_package_read(picks[i].path, cli->arena, &o.in[i].package, err);
        if (picks[i].name)
            cpm_map_set(&o.by_name, cpm_str(picks[i].name), &o.in[i]);
    }
    if (rc < 0)
        cpm_run_order_release(o.in, count);
    for (size_t i = 0; i < count && rc == 0; i++)
        if (o.state[i] == NEW)
            put(&o, i);
    cpm_map_release(&o.by_name);
    *out = o.out;
    return rc;
}

void cpm_run_order_release(struct cpm_run_workspace *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cpm_script_package_release(&all[i].package);
}
