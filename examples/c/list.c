/* What a lock holds: list package-lock.json
 *
 *     cc list.c $(pkg-config --cflags --libs cpm) */
#include <cpm/lockfile.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    struct cpm_error err = {0, 0, ""};
    struct cpm_lockfile *lock;

    if (argc != 2) {
        fprintf(stderr, "usage: list LOCK\n");
        return 2;
    }
    lock = cpm_lockfile_open(argv[1], NULL, &err);
    if (!lock) {
        fprintf(stderr, "%s: %s\n", cpm_error_name(err.code), err.text);
        return 1;
    }
    for (size_t i = 0; i < cpm_lockfile_count(lock); i++) {
        const struct cpm_lockfile_package *p = cpm_lockfile_package(lock, i);

        if (p->link)
            printf("%s -> %s\n", p->location, p->resolved);
        else
            printf("%s@%s in '%s', asks for %zu\n", p->name, p->version, p->location,
                   p->dependency_count);
    }
    cpm_lockfile_free(lock);
    return 0;
}
