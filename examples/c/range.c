/* Which of some versions a range holds, and which npm would take: range RANGE VERSION…
 *
 *     cc range.c $(pkg-config --cflags --libs cpm) */
#include <cpm/semver.h>

#include <stdio.h>

static void tell(const struct cpm_semver_range *range, const char *text)
{
    struct cpm_error err = {0, 0, ""};
    struct cpm_semver *version = cpm_semver_new(text, NULL, &err);

    if (version)
        printf("%s %s\n", cpm_semver_text(version),
               cpm_semver_range_holds(range, version) ? "yes" : "no");
    else
        printf("%s: %s\n", text, err.text);
    cpm_semver_free(version);
}

int main(int argc, char **argv)
{
    struct cpm_error err = {0, 0, ""};
    struct cpm_semver_range *range;
    ptrdiff_t best;

    if (argc < 3) {
        fprintf(stderr, "usage: range RANGE VERSION...\n");
        return 2;
    }
    range = cpm_semver_range_new(argv[1], NULL, &err);
    if (!range) {
        fprintf(stderr, "%s: %s\n", cpm_error_name(err.code), err.text);
        return 1;
    }
    printf("%s\n", cpm_semver_range_text(range));
    for (int i = 2; i < argc; i++)
        tell(range, argv[i]);
    best =
        cpm_semver_max_satisfying((const char *const *)argv + 2, (size_t)argc - 2, argv[1], NULL);
    printf("best: %s\n", best < 0 ? "none" : argv[best + 2]);
    cpm_semver_range_free(range);
    return best < 0;
}
