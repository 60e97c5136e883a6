/* cpm config get, set, delete, list, edit, fix; cpm get and cpm set are short for two of them. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/definitions.h"
#include "cli/config/show.h"
#include "cli/editor.h"
#include "cli/term.h"

#define CHANGES_MAX 256

static enum cpm_config_source location(const struct cpm_cli *cli)
{
    const char *text = cpm_config_str(cli->config, "location");
    if (text && strcmp(text, "global") == 0)
        return CPM_CONFIG_GLOBAL;
    return text && strcmp(text, "project") == 0 ? CPM_CONFIG_PROJECT : CPM_CONFIG_USER;
}

static void print(struct cpm_cli *cli, struct cpm_buf *text)
{
    struct cpm_str out = cpm_buf_str(text);
    while (out.len && out.ptr[out.len - 1] == '\n')
        out.len--;
    cpm_term_out(cli->term, out);
    cpm_buf_release(text);
}

static int list(struct cpm_cli *cli)
{
    struct cpm_buf text = CPM_BUF_INIT(16u << 20);
    if (cpm_config_bool(cli->config, "json"))
        cpm_config_print_json(cli->config, &text);
    else
        cpm_config_print_list(cli->config, cpm_config_bool(cli->config, "long"), &text);
    print(cli, &text);
    return 0;
}

static int get(struct cpm_cli *cli, int argc, const char *const *argv, struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(16u << 20);
    if (argc == 0)
        return list(cli);
    for (int i = 0; i < argc; i++) {
        if (argc > 1)
            cpm_buf_addf(&text, "%s=", argv[i]);
        if (!cpm_config_print(cli->config, argv[i], &text)) {
            cpm_buf_release(&text);
            return cpm_error_set(err, CPM_ECONFIG,
                                 "The %s option is protected, and cannot be retrieved in this way",
                                 argv[i]);
        }
        cpm_buf_add_char(&text, '\n');
    }
    print(cli, &text);
    return 0;
}

static const char *trimmed(struct cpm_arena *arena, struct cpm_str s)
{
    s = cpm_str_trim(s);
    return cpm_arena_strndup(arena, s.ptr ? s.ptr : "", s.len);
}

/* "key=value" or "key" "value"; an empty value deletes. Gives how many arguments it took. */
static int read_change(struct cpm_cli *cli, int left, const char *const *argv,
                       struct cpm_config_change *out)
{
    struct cpm_str arg = cpm_str(argv[0]);
    size_t equals = cpm_str_chr(arg, '=');
    struct cpm_str value = equals != CPM_NPOS ? cpm_str_sub(arg, equals + 1, arg.len)
                           : left > 1         ? cpm_str(argv[1])
                                              : CPM_STR("");
    out->key = trimmed(cli->arena, cpm_str_sub(arg, 0, equals));
    out->value = trimmed(cli->arena, value);
    if (*out->value == '\0')
        out->value = NULL;
    return equals == CPM_NPOS && left > 1 ? 2 : 1;
}

/* npm says so, and stores the value all the same. */
static void warn_invalid(struct cpm_cli *cli, const struct cpm_config_change *change)
{
    const char *const *warnings = cpm_config_try(cli->config, location(cli), change);
    for (const char *const *w = warnings; *w; w++)
        cpm_term_log(cli->term, CPM_LOG_WARN, "", "%s", *w);
    if (warnings[0])
        cpm_term_log(cli->term, CPM_LOG_WARN, "config", "omitting invalid config values");
}

static int set(struct cpm_cli *cli, int argc, const char *const *argv, struct cpm_error *err)
{
    struct cpm_config_change changes[CHANGES_MAX];
    size_t count = 0;
    if (argc == 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    for (int i = 0; i < argc && count < CHANGES_MAX; count++) {
        i += read_change(cli, argc - i, argv + i, &changes[count]);
        int rc = cpm_config_settable(changes[count].key, err);
        if (rc != 0)
            return rc;
        warn_invalid(cli, &changes[count]);
    }
    return cpm_config_store(cli->config, location(cli), changes, count, err);
}

static int delete_keys(struct cpm_cli *cli, int argc, const char *const *argv,
                       struct cpm_error *err)
{
    struct cpm_config_change changes[CHANGES_MAX];
    if (argc == 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (argc > CHANGES_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "more than %d keys at once", CHANGES_MAX);
    for (int i = 0; i < argc; i++)
        changes[i] = (struct cpm_config_change){.key = argv[i], .value = NULL};
    return cpm_config_store(cli->config, location(cli), changes, (size_t)argc, err);
}

static int list_action(struct cpm_cli *cli, int argc, const char *const *argv,
                       struct cpm_error *err)
{
    (void)argc, (void)argv, (void)err;
    return list(cli);
}

/* What a new file says: how it is written, and every key with its default, as comments. */
static int write_template(const char *file, bool of_user, struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_buf_add_text(&text, "; Lines that begin with a semicolon are comments; the others are "
                            "key=value.\n; What the keys mean: cpm help 7 config\n;\n");
    for (size_t i = 0; i < cpm_definition_count; i++) {
        const char *value = cpm_definitions[i].fallback;
        cpm_buf_addf(&text, "; %s=%s\n", cpm_definitions[i].key, value + (*value == '='));
    }
    int rc = cpm_fs_replace(file, cpm_buf_str(&text), of_user ? 0600 : 0, false, err);
    cpm_buf_release(&text);
    return rc;
}

/* npm sorts the lines of the file and drops its comments first; here they stay as they are. */
static int edit(struct cpm_cli *cli, int argc, const char *const *argv, struct cpm_error *err)
{
    enum cpm_config_source where = location(cli);
    const char *file = cpm_config_file_of(cli->config, where);
    int rc = 0;
    (void)argc, (void)argv;
    if (!file)
        return cpm_error_set(err, CPM_ECONFIG, "there is no such configuration file here");
    if (!cpm_fs_exists(file))
        rc = cpm_fs_mkdirs(cpm_path_dirname(cli->arena, file), 0777, err);
    if (rc == 0 && !cpm_fs_exists(file))
        rc = write_template(file, where == CPM_CONFIG_USER, err);
    return rc < 0 ? rc : cpm_editor_run(cli, file, err);
}

static const struct {
    enum cpm_config_source where;
    const char *name;
} files[] = {
    {CPM_CONFIG_GLOBAL, "global"}, {CPM_CONFIG_USER, "user"}, {CPM_CONFIG_PROJECT, "project"}};

static int fix_file(struct cpm_cli *cli, size_t i, bool *told, struct cpm_error *err)
{
    struct cpm_auth_problem problems[CPM_AUTH_PROBLEMS_MAX];
    size_t count = cpm_config_auth_problems(cli->config, files[i].where, problems);
    if (count == 0)
        return 0;
    int rc = cpm_config_repair(cli->config, files[i].where, problems, count, err);
    if (rc < 0)
        return rc;
    if (!*told)
        cpm_term_outf(cli->term, "The following configuration problems have been repaired:\n");
    *told = true;
    for (size_t p = 0; p < count; p++)
        if (problems[p].renamed)
            cpm_term_outf(cli->term, "~ `%s` renamed to `%s` in %s config", problems[p].key,
                          problems[p].renamed, files[i].name);
        else
            cpm_term_outf(cli->term, "- `%s` deleted from %s config", problems[p].key,
                          files[i].name);
    return 0;
}

/* Credentials without an address get the registry's. */
static int fix(struct cpm_cli *cli, int argc, const char *const *argv, struct cpm_error *err)
{
    bool one = cpm_config_where(cli->config, "location") != CPM_CONFIG_DEFAULT, told = false;
    int rc = 0;
    (void)argc, (void)argv;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && rc == 0; i++)
        if (!one || files[i].where == location(cli))
            rc = fix_file(cli, i, &told, err);
    return rc;
}

static const struct {
    const char *name;
    int (*run)(struct cpm_cli *cli, int argc, const char *const *argv, struct cpm_error *err);
} actions[] = {
    {"set", set},        {"get", get},         {"delete", delete_keys},
    {"rm", delete_keys}, {"del", delete_keys}, {"list", list_action},
    {"ls", list_action}, {"edit", edit},       {"fix", fix},
};

int cpm_cmd_config(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    for (size_t i = 0; cli->argc > 0 && i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(cli->argv[0], actions[i].name) == 0)
            return actions[i].run(cli, cli->argc - 1, cli->argv + 1, err);
    return cpm_error_set(err, CPM_EUSAGE, "%s", "");
}

int cpm_cmd_get(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return get(cli, cli->argc, cli->argv, err);
}

int cpm_cmd_set(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return set(cli, cli->argc, cli->argv, err);
}
