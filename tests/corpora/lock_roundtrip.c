/* Every lock of the corpora must come out of the writer byte for byte as it went into the reader:
 * the four projects' locks and every lock text in npm-scenarios.json. Argument: the corpora's
 * folder. Prints the counts and the times of the largest lock. */
#include "base/fs.h"
#include "lockfile/lock.h"

#include <stdio.h>
#include <time.h>

struct tally {
    unsigned good, bad;
};

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void show_difference(const char *name, struct cpm_str want, struct cpm_str have)
{
    size_t at = 0, from;

    while (at < want.len && at < have.len && want.ptr[at] == have.ptr[at])
        at++;
    from = at > 60 ? at - 60 : 0;
    printf("%s differs at byte %zu\n--- want\n%.*s\n--- have\n%.*s\n", name, at,
           CPM_STR_ARG(cpm_str_sub(want, from, 120)), CPM_STR_ARG(cpm_str_sub(have, from, 120)));
}

static void round_trip(const char *name, struct cpm_str text, bool timed, struct tally *tally)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_lock_source src = {.names = cpm_names_new(), .arena = &arena};
    struct cpm_buf out = CPM_BUF_INIT(64 << 20);
    struct cpm_error err = CPM_ERROR_INIT;
    double begin = now_ms(), middle;
    struct cpm_lock lock;
    int rc;

    rc = cpm_lock_read(text, name, &src, &lock, &err);
    middle = now_ms();
    if (rc == 0) /* a text in one line was written with format-package-lock=false */
        rc = cpm_lock_write(&lock, lock.style.newline[0] ? &lock.style : NULL, &out, &err);
    if (timed)
        printf("%s: %zu entries, read %.2f ms, written %.2f ms\n", name, lock.count, middle - begin,
               now_ms() - middle);
    if (rc == 0 && cpm_str_eq(cpm_buf_str(&out), text)) {
        tally->good++;
    } else {
        tally->bad++;
        if (rc < 0)
            printf("%s: %s\n", name, err.text);
        else
            show_difference(name, text, cpm_buf_str(&out));
    }
    cpm_buf_release(&out);
    cpm_arena_release(&arena);
    cpm_names_free(src.names);
}

static void try_projects(const char *corpora, struct cpm_arena *arena, struct tally *tally)
{
    static const char *const projects[] = {"express-app", "vite-react", "seed-tools",
                                           "alotta-files"};
    struct cpm_error err;

    for (size_t i = 0; i < sizeof(projects) / sizeof(projects[0]); i++) {
        const char *path =
            cpm_arena_printf(arena, "%s/projects/%s/package-lock.npm.json", corpora, projects[i]);
        struct cpm_str text;

        if (cpm_fs_read(path, 64 << 20, arena, &text, &err) < 0) {
            printf("%s\n", err.text);
            tally->bad++;
            continue;
        }
        round_trip(projects[i], text, true, tally);
    }
}

static void try_steps(const struct cpm_json *scenario, struct tally *tally)
{
    const char *name = cpm_json_get_str(scenario, "name").ptr;

    CPM_JSON_EACH (cpm_json_get(scenario, CPM_STR("steps")), step) {
        struct cpm_str text = cpm_json_get_str(step, "lock");

        if (text.len)
            round_trip(name, text, false, tally);
    }
}

static void try_scenarios(const char *corpora, struct cpm_arena *arena, struct tally *tally)
{
    const char *path = cpm_arena_printf(arena, "%s/corpora/npm-scenarios.json", corpora);
    struct cpm_json *doc = NULL;
    struct cpm_error err;
    struct cpm_str text;

    if (cpm_fs_read(path, 64 << 20, arena, &text, &err) < 0 ||
        cpm_json_parse(text, path, 0, &doc, &err) < 0) {
        printf("%s\n", err.text);
        tally->bad++;
        return;
    }
    CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("scenarios")), scenario)
        try_steps(scenario, tally);
    cpm_json_free(doc);
}

int main(int argc, char **argv)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct tally projects = {0, 0}, scenarios = {0, 0};

    if (argc != 2)
        return 2;
    try_projects(argv[1], &arena, &projects);
    try_scenarios(argv[1], &arena, &scenarios);
    cpm_arena_release(&arena);
    printf("projects: %u of %u, scenarios: %u of %u\n", projects.good, projects.good + projects.bad,
           scenarios.good, scenarios.good + scenarios.bad);
    return projects.bad || scenarios.bad;
}
