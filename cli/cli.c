/* argv to one command: read the configuration, find the command, run it, say how it went. The
 * version is answered before anything is read. */
#include "cli/cli.h"

#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "cli/cmd_node.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/cpx.h"
#include "cli/dev_engines.h"
#include "cli/term.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PACKAGE_JSON_MAX (16u << 20)

struct session {
    struct cpm_arena arena;
    struct cpm_cli cli;
    struct cpm_error err;
    int exit_code;
};

const char *cpm_cli_version(void)
{
    const char *as_npm = getenv("CPM_NPM_VERSION");
    return as_npm && *as_npm ? as_npm : CPM_VERSION;
}

static int print_version(void)
{
    return puts(cpm_cli_version()) < 0 ? 1 : 0;
}

static bool asks_version(const char *arg)
{
    return strcmp(arg, "-v") == 0 || strcmp(arg, "--version") == 0;
}

static bool is_called(const char *argv0, const char *a, const char *b)
{
    struct cpm_str name = cpm_path_basename(cpm_str(argv0));
    return cpm_str_is(name, a) || cpm_str_is(name, b);
}

/* The same file under the name cpx (or npx, where cpm stands in for npm). */
static bool is_cpx(const char *argv0)
{
    return is_called(argv0, "cpx", "npx");
}

/* Under npm's name cpm's lines begin with it too: scripts look for "npm error code E404". */
static const char *program_name(const char *argv0)
{
    return is_called(argv0, "npm", "npx") ? "npm" : "cpm";
}

static enum cpm_log_level level_of(const char *name)
{
    static const char *const names[] = {"silent", "error", "warn",    "notice",
                                        "http",   "info",  "verbose", "silly"};
    for (unsigned i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return (enum cpm_log_level)i;
    return CPM_LOG_NOTICE;
}

static enum cpm_color color_of(const struct cpm_config *config)
{
    const char *text = cpm_config_str(config, "color");
    if (text && strcmp(text, "always") == 0)
        return CPM_COLOR_ALWAYS;
    return cpm_config_bool(config, "color") ? CPM_COLOR_AUTO : CPM_COLOR_NEVER;
}

static struct cpm_term *open_term(const struct cpm_config *config, const char *argv0)
{
    struct cpm_term_options opts = {.program = program_name(argv0), .level = CPM_LOG_NOTICE};
    cpm_term_options_detect(&opts, config ? color_of(config) : CPM_COLOR_AUTO);
    if (!config)
        return cpm_term_new(&opts);
    opts.level = level_of(cpm_config_str(config, "loglevel"));
    opts.json = cpm_config_bool(config, "json");
    opts.progress = opts.progress && cpm_config_bool(config, "progress");
    opts.unicode = cpm_config_bool(config, "unicode");
    return cpm_term_new(&opts);
}

static void print_usage_error(struct session *s, const struct cpm_command *command)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    struct cpm_failure failure = {.code = "EUSAGE"};
    if (s->err.text[0])
        cpm_buf_addf(&text, "\n%s\n", s->err.text);
    cpm_buf_add_char(&text, '\n');
    cpm_command_usage(command, &text);
    failure.summary = cpm_buf_str(&text);
    cpm_term_failure(s->cli.term, &failure);
    cpm_buf_release(&text);
}

static void print_out(struct session *s, const struct cpm_buf *text)
{
    cpm_term_out(s->cli.term, cpm_buf_str(text));
}

static void print_warnings(struct session *s)
{
    if (cpm_config_bool(s->cli.config, "force"))
        cpm_term_log(s->cli.term, CPM_LOG_WARN, "using --force",
                     "Recommended protections disabled.");
    for (const char *const *w = cpm_config_warnings(s->cli.config); *w; w++) {
        bool config = strncmp(*w, "config ", 7) == 0; /* stands before each of its lines */
        cpm_term_log(s->cli.term, CPM_LOG_WARN, config ? "config" : "", "%s",
                     *w + (config ? 7 : 0));
    }
}

void cpm_overview_print(struct cpm_cli *cli)
{
    const char *program = cpm_fs_readlink(cli->arena, "/proc/self/exe");
    struct cpm_overview_options opts = {.userconfig = cpm_config_str(cli->config, "userconfig"),
                                        .program = program ? program : "",
                                        .long_form = cpm_config_bool(cli->config, "long")};
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_overview(&text, &opts);
    cpm_term_out(cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static int answer_overview(struct session *s)
{
    cpm_overview_print(&s->cli);
    s->exit_code = 1;
    return 0;
}

/* The project's script names, NULL-ended; none when there is no package.json to read. */
static const char *const *script_names(struct session *s)
{
    struct cpm_str text;
    struct cpm_json *doc = NULL;
    const char *path = cpm_path_join(&s->arena, s->cli.local_prefix, "package.json");
    if (cpm_fs_read(path, PACKAGE_JSON_MAX, &s->arena, &text, NULL) != 0 ||
        cpm_json_parse(text, path, CPM_JSON_LAST_WINS, &doc, NULL) != 0)
        return NULL;
    const struct cpm_json *scripts = cpm_json_get(doc, CPM_STR("scripts"));
    const char **names = CPM_NEW_ARRAY(&s->arena, const char *, cpm_json_count(scripts) + 1);
    size_t n = 0;
    CPM_JSON_EACH (scripts, script) {
        names[n++] = cpm_arena_str(&s->arena, cpm_json_key(script)).ptr;
    }
    cpm_json_free(doc);
    return names;
}

static int answer_unknown(struct session *s, const char *typed)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_unknown_command(&text, typed, script_names(s));
    print_out(s, &text);
    cpm_buf_release(&text);
    s->exit_code = 1;
    return 0;
}

static int answer_usage(struct session *s, const struct cpm_command *command)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_command_usage(command, &text);
    print_out(s, &text);
    cpm_buf_release(&text);
    return 0;
}

/* npm's rules: -w and --workspaces need a command that knows them, except where standing in a
 * workspace implied them; never together with --global. */
static int check_workspaces(const struct cpm_command *command, const struct cpm_config *config,
                            struct cpm_error *err)
{
    const char *const *names = cpm_config_list(config, "workspace");
    const char *all = cpm_config_raw(config, "workspaces");
    if (all && strcmp(all, "false") == 0 && names[0])
        return cpm_error_set(err, CPM_ECONFIG,
                             "Cannot use --no-workspaces and --workspace at the same time");
    bool implied = names[0] && cpm_config_where(config, "workspace") == CPM_CONFIG_DEFAULT;
    if (!names[0] && !cpm_config_bool(config, "workspaces"))
        return 0;
    if (implied && command->ignore_implicit_workspace)
        return 0;
    if (cpm_config_bool(config, "global"))
        return cpm_error_set(err, CPM_ECONFIG, "Workspaces not supported for global packages");
    if (!command->workspaces)
        return cpm_error_set(err, CPM_ENOWORKSPACES, "This command does not support workspaces.");
    return 0;
}

static int run_command(struct session *s, const struct cpm_command *command)
{
    struct cpm_cli *cli = &s->cli;
    if (command->run_plain) { /* options stood before its name */
        s->exit_code = command->run_plain(cli->argc + 1, (char **)cli->argv - 1);
        return 0;
    }
    if (!command->run)
        return cpm_error_set(&s->err, CPM_EUNSUPPORTED,
                             "cpm has no '%s': `npm %s` does it. What cpm has of npm's commands "
                             "stands in docs/commands.md; `cpm help` lists them.",
                             command->name, command->name);
    cli->command = command->name;
    cpm_config_set_command(cli->config, command->name);
    int rc = command->no_validation ? 0 : cpm_config_validate(cli->config, &s->err);
    print_warnings(s);
    if (rc == 0 && cpm_config_bool(cli->config, "usage"))
        return answer_usage(s, command);
    if (rc == 0)
        rc = check_workspaces(command, cli->config, &s->err);
    if (rc == 0 && command->dev_engines && !cpm_config_bool(cli->config, "global"))
        rc = cpm_dev_engines_enforce(cli, &s->err);
    if (rc == 0)
        rc = command->run(cli, &s->exit_code, &s->err);
    if (rc == CPM_EUSAGE)
        print_usage_error(s, command);
    if (rc != CPM_EUSAGE && rc <= 0)
        return rc;
    s->exit_code = 1; /* told */
    return 0;
}

static int dispatch(struct session *s)
{
    struct cpm_cli *cli = &s->cli;
    cli->argv = cpm_config_args(cli->config, &cli->argc, &cli->rest);
    if (cpm_config_bool(cli->config, "version")) {
        s->exit_code = print_version();
        return 0;
    }
    if (cli->argc == 0)
        return answer_overview(s);
    const struct cpm_command *command = cpm_command_find(cli->argv[0]);
    if (!command)
        return answer_unknown(s, cli->argv[0]);
    cli->argv++;
    cli->argc--;
    cli->rest--;
    return run_command(s, command);
}

/* What --loglevel=info and more tell first. The words of the command line stay untold: there may be
 * secrets among them. */
static void tell_begin(struct session *s, const char *argv0)
{
    cpm_term_log(s->cli.term, CPM_LOG_VERBOSE, "cli", "%s", argv0);
    cpm_term_log(s->cli.term, CPM_LOG_INFO, "using", "cpm@%s", cpm_cli_version());
}

/* Options that npx had before it was a part of npm. */
static void tell_removed(struct session *s, const char *const *names)
{
    bool any = names && *names;
    for (; names && *names; names++)
        cpm_term_err(s->cli.term,
                     cpm_str(cpm_arena_printf(&s->arena, "cpx: the --%s argument has been removed.",
                                              *names)));
    if (any)
        cpm_term_err(s->cli.term, CPM_STR("See `cpm help exec` for more information"));
}

static int session_open(struct session *s, int argc, char **argv)
{
    char cwd[PATH_MAX];
    if (!getcwd(cwd, sizeof(cwd)))
        return cpm_error_sys(&s->err, errno, "no current folder");
    s->cli.arena = &s->arena;
    s->cli.cwd = cpm_arena_strndup(&s->arena, cwd, strlen(cwd));
    struct cpm_config_input in = {
        .argc = argc, .argv = argv, .environ_ = environ, .cwd = s->cli.cwd};
    struct cpm_cpx cpx = {0};
    if (is_cpx(argv[0])) {
        cpm_cpx_read(&s->arena, argc, argv, &cpx);
        in.argc = cpx.argc;
        in.argv = cpx.argv;
    }
    int rc = cpm_config_load(&s->arena, &in, &s->cli.config, &s->err);
    s->cli.term = open_term(rc == 0 ? s->cli.config : NULL, argv[0]);
    tell_removed(s, cpx.removed);
    if (rc != 0)
        return rc;
    tell_begin(s, argv[0]);
    s->cli.local_prefix = cpm_config_local_prefix(s->cli.config);
    s->cli.global_prefix = cpm_config_global_prefix(s->cli.config);
    return 0;
}

static void tell_end(struct session *s)
{
    cpm_term_log(s->cli.term, CPM_LOG_VERBOSE, "exit", "%d", s->exit_code);
    if (s->exit_code == 0)
        cpm_term_log(s->cli.term, CPM_LOG_INFO, "ok", "%s", "");
}

/* npm ends with the negative errno, and with the exit code of a git that failed. */
static int exit_code_of(const struct cpm_error *err)
{
    if (err->sys <= 0 || err->sys > 255)
        return 1;
    return err->code == CPM_EGIT ? err->sys : 256 - err->sys;
}

/* An installation holds dozens of tarballs for a moment each, packed and inflated. glibc learns
 * from the first that is freed to keep such blocks in its heap, which then stays as large as the
 * worst moment: the large ones are given back at once. The others are kept, since memory that is
 * fresh each time costs a tenth of the work in page faults. Two heaps do for the threads there are.
 * A program that the runtime runs is not under this rule: it starts before. */
static void keep_memory_small(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_MMAP_THRESHOLD, 2 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
    mallopt(M_ARENA_MAX, 2);
#endif
}

int cpm_cli_main(int argc, char **argv)
{
    if (cpm_node_wanted(argc, argv))
        return cpm_node_main(argc, argv);
    if (argc > 1 && asks_version(argv[1]))
        return print_version();
    const struct cpm_command *plain =
        argc > 1 && !is_cpx(argv[0]) ? cpm_command_find(argv[1]) : NULL;
    if (plain && plain->run_plain)
        return plain->run_plain(argc - 1, argv + 1);
    keep_memory_small();
    struct session s = {.exit_code = 0};
    cpm_arena_init(&s.arena);
    int rc = session_open(&s, argc, argv);
    if (rc == 0)
        rc = dispatch(&s);
    if (rc != 0) {
        if (!s.cli.term)
            s.cli.term = open_term(NULL, argv[0]);
        cpm_term_error(s.cli.term, &s.err);
        if (!s.exit_code)
            s.exit_code = exit_code_of(&s.err);
    }
    tell_end(&s);
    cpm_term_free(s.cli.term);
    cpm_arena_release(&s.arena);
    return s.exit_code;
}
