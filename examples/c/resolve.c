/* Which file a specifier means to a file, whose path is absolute: resolve /FILE SPECIFIER…
 *
 *     cc resolve.c $(pkg-config --cflags --libs cpm-resolver) */
#include <cpm/resolver.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    const char *conditions[] = {"development", NULL};
    struct cpm_error err = {0, 0, ""};
    struct cpm_resolver *resolver;
    int failed = 0;

    if (argc < 3 || argv[1][0] != '/') {
        fprintf(stderr, "usage: resolve /FILE SPECIFIER...\n");
        return 2;
    }
    options.conditions = conditions;
    resolver = cpm_resolver_new(&options, &err);
    if (!resolver) {
        fprintf(stderr, "%s: %s\n", cpm_error_name(err.code), err.text);
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        const struct cpm_resolution *found =
            cpm_resolver_resolve(resolver, CPM_RESOLVE_IMPORT, argv[i], argv[1]);
        const char *format = cpm_format_name(found->format);

        if (found->code)
            printf("%s: %s\n", found->code, found->message);
        else
            printf("%s (%s)\n", found->path, format ? format : "unknown format");
        for (size_t j = 0; j < found->tried_count; j++)
            printf("    looked at %s\n", found->tried[j]);
        failed |= found->code != NULL;
    }
    cpm_resolver_free(resolver);
    return failed;
}
