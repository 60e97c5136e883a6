/* links TREE NEW [THREADS]: hard links all files of a node_modules into a new folder with nothing
 * but mkdirat and linkat, and prints how long it took. A warm installation that links cannot be
 * quicker on this file system: the floor of bench/run's "warm". TREE is read before the clock
 * starts. */
#include "base/buf.h"
#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 16, BYTES_MAX = 1 << 30 };

/* A package and what is below it: "dDIR\0" and "fFILE\0" in an order that can be made. */
struct package {
    struct cpm_buf paths;
};

static struct {
    int from, to;
    struct package *packages;
    unsigned count, next;
    unsigned long folders, files;
    pthread_mutex_t lock;
} bench = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void note(struct package *p, char kind, const char *path)
{
    cpm_buf_add_char(&p->paths, kind);
    cpm_buf_add(&p->paths, path, strlen(path) + 1);
    *(kind == 'd' ? &bench.folders : &bench.files) += 1;
}

static void list(struct package *p, const char *path)
{
    int fd = openat(bench.from, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    char below[4096];

    if (!dir)
        fail(path);
    note(p, 'd', path);
    for (struct dirent *e; (e = readdir(dir));) {
        snprintf(below, sizeof(below), "%s/%s", path, e->d_name);
        if (e->d_type == DT_REG)
            note(p, 'f', below);
        else if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            list(p, below);
    }
    closedir(dir);
}

static void list_packages(void)
{
    DIR *dir = fdopendir(dup(bench.from));
    unsigned room = 0;

    if (!dir)
        fail("read the tree");
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.' || e->d_type != DT_DIR)
            continue;
        if (bench.count == room) {
            room = room ? room * 2 : 64;
            bench.packages = cpm_realloc(bench.packages, room, sizeof(*bench.packages));
        }
        cpm_buf_init(&bench.packages[bench.count].paths, BYTES_MAX);
        list(&bench.packages[bench.count++], e->d_name);
    }
    closedir(dir);
}

static void link_package(const struct package *p)
{
    for (size_t at = 0; at < p->paths.len;) {
        const char *line = p->paths.ptr + at;

        if (*line == 'd' ? mkdirat(bench.to, line + 1, 0777) < 0
                         : linkat(bench.from, line + 1, bench.to, line + 1, 0) < 0)
            fail(line + 1);
        at += strlen(line) + 1;
    }
}

static void *link_packages(void *data)
{
    (void)data;
    for (;;) {
        unsigned first;

        pthread_mutex_lock(&bench.lock);
        first = bench.next;
        bench.next += BATCH;
        pthread_mutex_unlock(&bench.lock);
        if (first >= bench.count)
            return NULL;
        for (unsigned i = first; i < first + BATCH && i < bench.count; i++)
            link_package(&bench.packages[i]);
    }
}

static double read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    int threads = argc > 3 ? argv[3][0] - '0' : 2;
    pthread_t others[10];
    double wall, cpu;

    if (argc < 3 || threads < 1 || threads > 9) {
        fprintf(stderr, "usage: links TREE NEW [THREADS (1-9)]\n");
        return 2;
    }
    bench.from = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (bench.from < 0 || mkdir(argv[2], 0777) < 0)
        fail(bench.from < 0 ? argv[1] : argv[2]);
    bench.to = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    list_packages();
    wall = read_clock(CLOCK_MONOTONIC);
    cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 1; i < threads; i++)
        pthread_create(&others[i], NULL, link_packages, NULL);
    link_packages(NULL);
    for (int i = 1; i < threads; i++)
        pthread_join(others[i], NULL);
    printf("%lu folders, %lu files, %d threads: %.3f s, CPU %.3f s\n", bench.folders, bench.files,
           threads, read_clock(CLOCK_MONOTONIC) - wall, read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    return 0;
}
