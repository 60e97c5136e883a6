/* cpm resolve: the module resolver on the command line. One line a specifier: the file that Node
 * would load, or "!CODE" when several were asked for; what went wrong goes to stderr. Exit 1 when
 * one was not found. */
#include "base/fs.h"
#include "base/jsonread.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "cpm/resolver.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_CONDITIONS = 64, LONGEST_LINE = 1 << 16 };

struct request {
    struct cpm_arena arena;
    struct cpm_term *term;
    struct cpm_resolver *resolver;
    const char *from; /* a file, or a folder with its slash */
    const char *conditions[MOST_CONDITIONS + 1];
    size_t condition_count;
    enum cpm_resolve_mode mode;
    bool mode_given, json, trace, preserve_symlinks, many;
    bool failed;
    const char **specifiers;
    size_t count;
};

enum reading { READ, HELP, WRONG };

static int print_help(void)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);

    cpm_command_usage(cpm_command_find("resolve"), &text);
    cpm_buf_add_text(&text, "\n--from FILE        the file that names the specifiers; this folder\n"
                            "--conditions a,b   conditions besides Node's own\n"
                            "--esm, --cjs       as import or as require() does; by what FILE is\n"
                            "--preserve-symlinks  the path as found, not the real one\n"
                            "--json             one object a specifier\n"
                            "--trace            explain each step\n"
                            "Without a specifier they are read from standard input, one a line.\n");
    fwrite(text.ptr, 1, text.len, stdout);
    cpm_buf_release(&text);
    return 0;
}

/* the arguments */

static void add_conditions(struct request *r, const char *list)
{
    struct cpm_str rest = cpm_str(list), name;

    while (rest.len && cpm_str_split(&rest, ',', &name))
        if (name.len && r->condition_count < MOST_CONDITIONS)
            r->conditions[r->condition_count++] = cpm_arena_strndup(&r->arena, name.ptr, name.len);
}

static void set_mode(struct request *r, enum cpm_resolve_mode mode)
{
    r->mode = mode;
    r->mode_given = true;
}

static bool take_switch(struct request *r, const char *arg)
{
    if (strcmp(arg, "--esm") == 0)
        set_mode(r, CPM_RESOLVE_IMPORT);
    else if (strcmp(arg, "--cjs") == 0)
        set_mode(r, CPM_RESOLVE_REQUIRE);
    else if (strcmp(arg, "--json") == 0)
        r->json = true;
    else if (strcmp(arg, "--trace") == 0)
        r->trace = true;
    else if (strcmp(arg, "--preserve-symlinks") == 0)
        r->preserve_symlinks = true;
    else
        return false;
    return true;
}

/* The value of "--name=value" or "--name value"; NULL when arg is no such option. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
    size_t n = strlen(name);

    if (strncmp(argv[*i], name, n) != 0)
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    return argv[*i][n] == '\0' && *i + 1 < argc ? argv[++*i] : NULL;
}

static enum reading read_args(struct request *r, int argc, char **argv)
{
    bool options = true;
    const char *value;

    for (int i = 1; i < argc; i++) {
        if (!options || argv[i][0] != '-' || !argv[i][1]) {
            r->specifiers[r->count++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
            return HELP;
        } else if (take_switch(r, argv[i])) {
            continue;
        } else if ((value = value_of("--from", argc, argv, &i))) {
            r->from = value;
        } else if ((value = value_of("--conditions", argc, argv, &i))) {
            add_conditions(r, value);
        } else {
            cpm_term_log(r->term, CPM_LOG_ERROR, "resolve", "unknown option '%s'", argv[i]);
            return WRONG;
        }
    }
    return READ;
}

/* Absolute, and with a slash at its end when it is a folder. */
static int make_from(struct request *r, struct cpm_error *err)
{
    char cwd[PATH_MAX];
    const char *path, *real;

    if (!getcwd(cwd, sizeof(cwd)))
        return cpm_error_set(err, CPM_ENOENT, "no current folder");
    path = cpm_path_resolve(&r->arena, cwd, r->from ? r->from : "");
    real = cpm_fs_realpath(&r->arena, path, NULL); /* as Node names a file that it has loaded */
    if (real && !r->preserve_symlinks)
        path = real;
    if (!r->from || cpm_str_ends(cpm_str(r->from), "/") || cpm_fs_is_dir(path))
        path = cpm_arena_printf(&r->arena, "%s/", strcmp(path, "/") == 0 ? "" : path);
    r->from = path;
    return 0;
}

/* The node_modules upward from where is asked that `cpm install` has written an index for. */
static const char *find_index(struct request *r)
{
    const char *folder = cpm_path_dirname(&r->arena, cpm_arena_printf(&r->arena, "%sx", r->from));
    const char *modules;

    for (;; folder = cpm_path_dirname(&r->arena, folder)) {
        modules = cpm_path_join(&r->arena, folder, "node_modules");
        if (cpm_fs_exists(cpm_path_join(&r->arena, modules, CPM_RESOLVER_INDEX)))
            return modules;
        if (strcmp(folder, "/") == 0)
            return NULL;
    }
}

static int open_resolver(struct request *r, struct cpm_error *err)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    int rc = make_from(r, err);

    if (rc < 0)
        return rc;
    options.conditions = r->conditions;
    options.preserve_symlinks = r->preserve_symlinks;
    options.node_path = getenv("NODE_PATH");
    options.index = find_index(r);
    r->resolver = cpm_resolver_new(&options, err);
    if (!r->resolver)
        return CPM_EINVAL;
    if (!r->mode_given &&
        cpm_resolver_resolve(r->resolver, CPM_RESOLVE_REQUIRE, r->from, "/")->format ==
            CPM_FORMAT_MODULE)
        r->mode = CPM_RESOLVE_IMPORT;
    return 0;
}

/* the answers */

static void add_member(struct cpm_buf *out, const char *name, const char *text)
{
    if (!text)
        return;
    cpm_buf_addf(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
    cpm_json_quote(out, cpm_str(text));
}

static void print_json(struct request *r, const char *specifier, const struct cpm_resolution *found)
{
    struct cpm_buf out = CPM_BUF_INIT(16 << 20);

    cpm_buf_add_char(&out, '{');
    add_member(&out, "specifier", specifier);
    add_member(&out, "path", found->path);
    add_member(&out, "query", found->query[0] ? found->query : NULL);
    add_member(&out, "format", cpm_format_name(found->format));
    add_member(&out, "packageJson", found->package_json);
    add_member(&out, "code", found->code);
    add_member(&out, "message", found->message);
    if (found->code) {
        cpm_buf_add_text(&out, ",\"tried\":[");
        for (size_t i = 0; i < found->tried_count; i++) {
            cpm_buf_add_text(&out, i ? "," : "");
            cpm_json_quote(&out, cpm_str(found->tried[i]));
        }
        cpm_buf_add_char(&out, ']');
    }
    cpm_buf_add_char(&out, '}');
    cpm_term_out(r->term, cpm_buf_str(&out));
    cpm_buf_release(&out);
}

static void print_text(struct request *r, const struct cpm_resolution *found)
{
    if (!found->code) {
        cpm_term_outf(r->term, "%s%s", found->path, found->query);
        return;
    }
    if (r->many)
        cpm_term_outf(r->term, "!%s", found->code);
    cpm_term_log(r->term, CPM_LOG_ERROR, "code", "%s", found->code);
    cpm_term_log(r->term, CPM_LOG_ERROR, "", "%s", found->message);
}

static void print_step(void *to, const char *step)
{
    cpm_term_err(to, cpm_str(step));
}

static void answer(struct request *r, const char *specifier)
{
    const struct cpm_resolution *found =
        r->trace
            ? cpm_resolver_explain(r->resolver, r->mode, specifier, r->from, print_step, r->term)
            : cpm_resolver_resolve(r->resolver, r->mode, specifier, r->from);

    r->failed = r->failed || found->code;
    if (r->json)
        print_json(r, specifier, found);
    else
        print_text(r, found);
}

static void answer_input(struct request *r)
{
    char line[LONGEST_LINE];

    r->many = true;
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\r\n")] = '\0';
        answer(r, line);
    }
}

static int run(struct request *r, struct cpm_error *err)
{
    int rc = open_resolver(r, err);

    if (rc < 0)
        return rc;
    r->many = r->count > 1;
    for (size_t i = 0; i < r->count; i++)
        answer(r, r->specifiers[i]);
    if (!r->count)
        answer_input(r);
    cpm_resolver_free(r->resolver);
    return 0;
}

static struct cpm_term *open_term(void)
{
    struct cpm_term_options options = {.level = CPM_LOG_NOTICE};

    cpm_term_options_detect(&options, CPM_COLOR_AUTO);
    options.progress = false;
    return cpm_term_new(&options);
}

int cpm_cmd_resolve(int argc, char **argv)
{
    struct request r = {.arena = CPM_ARENA_INIT, .term = open_term()};
    struct cpm_error err = CPM_ERROR_INIT;
    enum reading reading;
    int rc = 0;

    r.specifiers = CPM_NEW_ARRAY(&r.arena, const char *, (size_t)argc + 1);
    reading = read_args(&r, argc, argv);
    if (reading == READ)
        rc = run(&r, &err);
    else if (reading == HELP)
        rc = print_help();
    if (rc < 0)
        cpm_term_error(r.term, &err);
    cpm_term_free(r.term);
    cpm_arena_release(&r.arena);
    return rc < 0 || r.failed || reading == WRONG;
}
