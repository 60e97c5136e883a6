/* An endpoint that fails is nobody's fault here: npm says nothing, and nor do we. */
#include "install/flow_audit.h"

#include "base/path.h"
#include "install/flow_state.h"

void cpm_flow_graph(struct cpm_flow *f, struct cpm_graph *out)
{
    const struct cpm_workspaces *all = &f->project.workspaces;
    struct cpm_graph_workspace *v =
        CPM_NEW_ARRAY(f->arena, struct cpm_graph_workspace, all->count + 1);
    for (size_t i = 0; i < all->count; i++) {
        const char *location = cpm_arena_str(f->arena, all->v[i].location).ptr;
        v[i].name = cpm_name_str(all->v[i].name);
        v[i].path = cpm_path_resolve(f->arena, f->opts->path, location);
    }
    const struct cpm_graph_input in = {.path = f->opts->path,
                                       .lock = cpm_flow_ideal(f),
                                       .workspaces = v,
                                       .workspace_count = all->count,
                                       .global = f->opts->global};
    cpm_graph_build(f->arena, &in, out);
}

/* -w asks about what these workspaces depend on. */
static const bool *filter(struct cpm_flow *f, struct cpm_graph *graph)
{
    const char *const *chosen = f->opts->workspaces;
    size_t count = 0, n = 0;
    while (chosen && chosen[count])
        count++;
    const char **paths = CPM_NEW_ARRAY(f->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (strcmp(chosen[i], f->opts->path) != 0)
            paths[n++] = chosen[i];
    return n ? cpm_graph_of_workspaces(graph, paths, n < count) : NULL;
}

static void on_answer(struct cpm_advisories_request *req)
{
    struct cpm_flow_audit *a = req->data;
    a->under_way = false;
    a->answered = req->status == 0;
}

int cpm_flow_audit(struct cpm_flow *f, struct cpm_error *err)
{
    (void)err;
    if (!f->opts->audit || f->opts->dry_run || f->opts->registry.mode == CPM_OFFLINE)
        return 0;
    struct cpm_flow_audit *a = f->audit = f->out->audit = CPM_NEW(f->arena, struct cpm_flow_audit);
    cpm_buf_init(&a->question, 64u << 20);
    cpm_flow_graph(f, &a->graph);
    a->audit.graph = &a->graph;
    a->audit.names = f->names;
    a->audit.filter = filter(f, &a->graph);
    a->audit.omit = f->opts->tree.omit;
    struct cpm_json *question = cpm_audit_question(&a->audit);
    cpm_json_write(question, CPM_STR(""), CPM_STR(""), &a->question);
    a->answer = CPM_STR("{}");
    a->answered = cpm_json_count(question) == 0;
    if (!a->answered) {
        a->request = (struct cpm_advisories_request){
            .question = cpm_buf_str(&a->question), .data = a, .done = on_answer};
        a->under_way = cpm_advisories_start(f->registry, &a->request, NULL) == 0;
    }
    cpm_json_free(question);
    return 0;
}

int cpm_flow_await_audit(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_flow_audit *a = f->audit;
    (void)err;
    while (a && a->under_way)
        uv_run(&f->loop, UV_RUN_ONCE);
    if (a && a->answered && a->request.http.answer.len)
        a->answer = cpm_arena_str(f->arena, a->request.http.answer);
    return 0;
}

void cpm_flow_audit_end(struct cpm_flow *f)
{
    if (!f->audit)
        return;
    cpm_advisories_release(&f->audit->request);
    cpm_buf_release(&f->audit->question);
}

void cpm_flow_audit_release(struct cpm_flow_audit *audit)
{
    if (audit)
        cpm_graph_release(&audit->graph);
}
