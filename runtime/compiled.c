/* A file is a header and the engine's bytecode, which is shown to the engine where the file is
 * mapped. The engine checks that it is of its own build and of the very same text; that the bytes
 * are those that were written is checked here, since the engine would trust them. */
#include "runtime/compiled.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "runtime/bytecode.h"
#include "runtime/open/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_MAX (256u << 20)

/* A shorter text is compiled in the time that a file takes. */
#define LEAST 1024

enum { LANES = 4 };

/* Marks in the folder of an engine that came after the build. */
#define TAKEN   "taken"
#define REFUSED "refused"

enum { TRIAL_SECONDS = 10 };

/* What is compiled later is not what starts are made of. */
#define RECORDED_SECONDS 10

/* Of the engine's options that compiled code depends on (engine.c): another number, other code. */
enum { OPTIONS = 1 };

struct header {
    char magic[8];
    uint64_t hash, len; /* of the bytes behind the header */
    char rest[40];      /* the bytes are aligned as the engine wants them */
};

static const char MAGIC[8] = "cpmbc2\n";

/* One text under the engine. */
struct program {
    struct cpm_bytecode bytecode;
    struct program *next, **link;
    char name[40]; /* of its file */
    char *memory;  /* of its text */
    void *mapped;  /* its file, or NULL */
    size_t mapped_len;
};

struct cpm_compiled {
    struct cpm_bytecode_calls calls;
    struct program *programs;
    int64_t until;
};

/* A file in the folder of an engine that is not the build's tells what came of trying it. */
static bool has_mark(const char *folder, const char *mark)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s/%s", folder, mark);

    return len > 0 && len < PATH_MAX && access(path, F_OK) == 0;
}

void cpm_compiled_place(struct cpm_runtime *rt)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX);
    uint32_t engine = CPM_BYTECODE_ENGINE ? cpm_bytecode_engine() : 0;
    bool has_base = engine != 0 && cpm_kept_folder(&path);

    cpm_buf_addf(&path, "/compiled-%08x-%d", (unsigned)engine, OPTIONS);
    const char *folder = has_base && !path.overflow ? cpm_buf_text(&path) : NULL;
    if (folder && (engine == CPM_BYTECODE_ENGINE || has_mark(folder, TAKEN)))
        rt->compiled_folder = cpm_strdup(folder);
    else if (folder && !has_mark(folder, REFUSED))
        rt->untried_folder = cpm_strdup(folder);
    cpm_buf_release(&path);
}

void cpm_compiled_open(struct cpm_runtime *rt)
{
    struct cpm_compiled *compiled = cpm_calloc(1, sizeof(*compiled));

    if (!cpm_bytecode_find(&compiled->calls)) {
        cpm_free(compiled);
        return;
    }
    compiled->until = rt->worker ? 0 : cpm_bytecode_now() + RECORDED_SECONDS;
    rt->compiled = compiled;
}

void cpm_compiled_close(struct cpm_runtime *rt)
{
    cpm_free(rt->compiled);
    rt->compiled = NULL;
}

bool cpm_compiled_wants(const struct cpm_runtime *rt, size_t len)
{
    return rt->compiled && len >= LEAST;
}

/* Four hashes side by side: one alone waits for its own last step, and a tool has 16 MB of code. */
static uint64_t checksum(struct cpm_str bytes)
{
    uint64_t lanes[LANES] = {1, 2, 3, 4};
    size_t i = 0, step = sizeof(lanes);

    for (; i + step <= bytes.len; i += step) {
        uint64_t words[LANES];
        memcpy(words, bytes.ptr + i, step);
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = (lanes[lane] ^ words[lane]) * 0xff51afd7ed558ccdu;
            lanes[lane] ^= lanes[lane] >> 32;
        }
    }
    return cpm_str_hash(cpm_str_n((const char *)lanes, step)) ^
           cpm_str_hash(cpm_str_sub(bytes, i, bytes.len));
}

/* The bytes of a mapped file, if they are what was written. */
static struct cpm_str payload_of(const void *mapped, size_t len)
{
    struct header header;

    memcpy(&header, mapped, sizeof(header));
    struct cpm_str bytes = {(const char *)mapped + sizeof(header), len - sizeof(header)};
    if (memcmp(header.magic, MAGIC, sizeof(MAGIC)) != 0 || header.len != bytes.len ||
        header.hash != checksum(bytes))
        return CPM_STR_NONE;
    return bytes;
}

/* False when it is too long. */
static bool path_of(const struct cpm_runtime *rt, const struct program *program, char *into)
{
    int len = snprintf(into, PATH_MAX, "%s/%s", rt->compiled_folder, program->name);

    return len > 0 && len < PATH_MAX;
}

static void map_file(const struct cpm_runtime *rt, struct program *program)
{
    char path[PATH_MAX];
    int fd = path_of(rt, program, path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat st;

    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > (off_t)sizeof(struct header) &&
        st.st_size <= (off_t)FILE_MAX) {
        size_t len = (size_t)st.st_size;
        void *mapped = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        if (mapped != MAP_FAILED) {
            program->mapped = mapped;
            program->mapped_len = len;
            program->bytecode.kept = payload_of(mapped, len);
            cpm_kept_touch(path, &st);
        }
    }
    close(fd);
}

static void on_gone(struct cpm_bytecode *bytecode)
{
    struct program *program = (struct program *)bytecode;

    *program->link = program->next;
    if (program->next)
        program->next->link = program->link;
    if (cpm_bytecode_release(bytecode) && program->mapped)
        munmap(program->mapped, program->mapped_len);
    if (bytecode->wide)
        JSStringRelease(bytecode->wide);
    cpm_free(program->memory);
    cpm_free(program);
}

JSValueRef cpm_compiled_evaluate(struct cpm_runtime *rt, const struct cpm_compiled_text *text,
                                 JSValueRef *exception)
{
    struct cpm_compiled *compiled = rt->compiled;
    struct program *program = cpm_calloc(1, sizeof(*program));
    uint64_t hash = checksum(text->bytes);

    program->bytecode = (struct cpm_bytecode){
        .group = rt->group,
        .calls = &compiled->calls,
        .text = text->bytes,
        .wide = text->wide,
        .hash = (uint32_t)hash,
        .until = compiled->until,
        .gone = on_gone,
    };
    program->memory = text->memory;
    snprintf(program->name, sizeof(program->name), "%016llx-%zx", (unsigned long long)hash,
             text->bytes.len);
    map_file(rt, program);
    program->next = compiled->programs;
    program->link = &compiled->programs;
    if (program->next)
        program->next->link = &program->next;
    compiled->programs = program;
    return cpm_bytecode_evaluate(rt->ctx, &program->bytecode, text->url, exception);
}

/* A file is written again only for an eighth more of it. */
static bool is_worth(const struct program *program)
{
    size_t size = cpm_bytecode_size(&program->bytecode), kept = program->bytecode.kept.len;

    if (program->bytecode.made)
        return size <= FILE_MAX - sizeof(struct header);
    return size > kept && size - kept > kept / 8 && size <= FILE_MAX - sizeof(struct header);
}

static void save(const struct cpm_runtime *rt, const struct program *program)
{
    char path[PATH_MAX];
    size_t size = cpm_bytecode_size(&program->bytecode);
    char *file = cpm_alloc(sizeof(struct header) + size);
    struct header header = {.len = size};

    if (path_of(rt, program, path) &&
        cpm_bytecode_write(&program->bytecode, file + sizeof(header), size)) {
        memcpy(header.magic, MAGIC, sizeof(MAGIC));
        header.hash = checksum(cpm_str_n(file + sizeof(header), size));
        memcpy(file, &header, sizeof(header));
        cpm_fs_replace(path, cpm_str_n(file, sizeof(header) + size), 0600, false, NULL);
    }
    cpm_free(file);
}

/* How a process ends that tries the engine as cpm_compiled_trial does; -1 when there is none. */
static int status_of_trial(const struct cpm_runtime_start *start)
{
    char name[] = "node", trial[] = CPM_COMPILED_TRIAL;
    char *const argv[] = {name, trial, NULL};
    posix_spawn_file_actions_t actions;
    int status = -1;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    if (posix_spawn(&pid, start->exec_path, &actions, NULL, argv, environ) == 0)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

/* Once for an engine: what is kept for it begins with the next start. */
static void try_engine(const struct cpm_runtime *rt)
{
    char path[PATH_MAX];
    int status = status_of_trial(rt->start);
    int len =
        snprintf(path, sizeof(path), "%s/%s", rt->untried_folder, status == 0 ? TAKEN : REFUSED);

    if (status >= 0 && len > 0 && len < PATH_MAX &&
        cpm_fs_mkdirs(rt->untried_folder, 0700, NULL) == 0)
        cpm_fs_replace(path, CPM_STR(""), 0600, false, NULL);
}

bool cpm_compiled_trial(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none); /* a crash is an answer like any other */
    alarm(TRIAL_SECONDS);
    return cpm_bytecode_try();
}

void cpm_compiled_save(struct cpm_runtime *rt)
{
    bool has_folder = false;

    if (rt->untried_folder)
        try_engine(rt);
    if (!rt->compiled)
        return;
    for (struct program *program = rt->compiled->programs; program; program = program->next) {
        if (!is_worth(program))
            continue;
        if (!has_folder && cpm_fs_mkdirs(rt->compiled_folder, 0700, NULL) < 0)
            return;
        has_folder = true;
        save(rt, program);
    }
    if (has_folder)
        cpm_kept_prune();
}
