/* The installer alone, without solving: install_bench PROJECT STORE REGISTRY [clean|copy|nosync …]
 * reads PROJECT/package-lock.json and makes node_modules; prints what changed and seconds. */
#include "base/fs.h"
#include "base/path.h"
#include "install/install.h"

#include <stdio.h>
#include <time.h>

struct state {
    bool done;
    size_t fetched;
};

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void heard(struct cpm_install_request *req, const struct cpm_install_event *event)
{
    struct state *state = req->data;

    if (event->type == CPM_EVENT_FETCHED)
        state->fetched++;
    if (event->type == CPM_EVENT_WARNING)
        printf("warn %.*s %.*s\n", CPM_STR_ARG(event->name), CPM_STR_ARG(event->text));
}

static void ended(struct cpm_install_request *req)
{
    ((struct state *)req->data)->done = true;
}

static void set_option(struct cpm_install_options *opts, const char *word)
{
    opts->clean |= strcmp(word, "clean") == 0;
    opts->no_sync |= strcmp(word, "nosync") == 0;
    if (strcmp(word, "copy") == 0)
        opts->method = CPM_LINK_COPY;
}

static int install(uv_loop_t *loop, struct cpm_install_request *req, struct cpm_error *err)
{
    struct state *state = req->data;
    int rc = cpm_install_start(req, err);

    while (rc == 0 && !state->done)
        uv_run(loop, UV_RUN_ONCE);
    cpm_install_keep(req);
    if (rc == 0 && req->status < 0) {
        *err = req->err;
        rc = req->status;
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct cpm_registry_options registry_options = CPM_REGISTRY_OPTIONS_INIT;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_lock_source source = {.names = cpm_names_new(), .arena = &arena};
    struct cpm_lock lock = {.count = 0};
    struct state state = {.done = false};
    struct cpm_install_request req = {.ideal = &lock,
                                      .opts = CPM_INSTALL_OPTIONS_INIT,
                                      .event = heard,
                                      .data = &state,
                                      .done = ended,
                                      .arena = &arena};
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    struct cpm_str text;
    uv_loop_t loop;
    int rc;

    if (argc < 4) {
        fprintf(stderr, "usage: install_bench PROJECT STORE REGISTRY [clean] [copy] [nosync]\n");
        return 2;
    }
    uv_loop_init(&loop);
    req.loop = &loop;
    req.opts.path = cpm_fs_realpath(&arena, argv[1], &err);
    for (int i = 4; i < argc; i++)
        set_option(&req.opts, argv[i]);
    registry_options.registry = argv[3];
    registry_options.cache_dir = cpm_arena_printf(&arena, "%s/registry", argv[2]);
    registry_options.user_agent = "install_bench";
    source.root = req.opts.path;
    rc = req.opts.path ? cpm_fs_read(cpm_path_join(&arena, req.opts.path, "package-lock.json"),
                                     256u << 20, &arena, &text, &err)
                       : -1;
    if (rc == 0)
        rc = cpm_lock_read(text, "package-lock.json", &source, &lock, &err);
    if (rc == 0)
        rc = cpm_store_open(argv[2], &req.store, &err);
    if (rc == 0)
        rc = cpm_registry_new(&loop, &registry_options, &req.registry, &err);
    if (rc == 0)
        rc = install(&loop, &req, &err);
    printf("%s%zu changes, %zu fetched, %.3f s wall, %.3f s cpu\n", rc < 0 ? err.text : "",
           req.change_count, state.fetched, seconds(CLOCK_MONOTONIC) - wall,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    if (req.registry)
        cpm_registry_free(req.registry);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    if (req.store)
        cpm_store_close(req.store);
    cpm_names_free(source.names);
    cpm_arena_release(&arena);
    return rc < 0;
}
