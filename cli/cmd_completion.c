/* cpm completion: npm's protocol. The shell's function calls `cpm completion -- WORDS` with
 * COMP_CWORD, COMP_LINE and COMP_POINT set and gets one possible word a line; without them the
 * function itself is printed. Everything offered comes from the tables of commands and keys. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/config/definitions.h"
#include "cli/embedded.h"
#include "cli/project_name.h"
#include "cli/term.h"

#include <dirent.h>
#include <stdlib.h>

struct completion {
    struct cpm_cli *cli;
    struct cpm_buf out;
    struct cpm_str word; /* what was typed of the word that is completed */
    const struct cpm_command *command;
    int position; /* of the word behind the command, options not counted; -1: no command yet */
    bool fish;    /* a word may have a description behind a tab */
};

static void offer(struct completion *c, const char *prefix, struct cpm_str word, const char *text)
{
    size_t before = c->out.len;
    cpm_buf_addf(&c->out, "%s%.*s", prefix, CPM_STR_ARG(word));
    struct cpm_str whole = cpm_str_sub(cpm_buf_str(&c->out), before, c->out.len);
    if (c->out.overflow || whole.len < c->word.len ||
        memcmp(whole.ptr, c->word.ptr, c->word.len) != 0) {
        c->out.len = before;
        return;
    }
    if (c->fish && text)
        cpm_buf_addf(&c->out, "\t%s", text);
    cpm_buf_add_char(&c->out, '\n');
}

static void offer_words(struct completion *c, const char *words)
{
    struct cpm_str rest = cpm_str(words ? words : ""), word;
    while (rest.len && cpm_str_split(&rest, ' ', &word))
        offer(c, "", word, NULL);
}

/* Names and aliases; only the name when all that fits means one command. */
static void offer_commands(struct completion *c)
{
    const struct cpm_command *only = NULL;
    bool several = false;
    for (const struct cpm_command *one = cpm_commands; one->name; one++) {
        size_t before = c->out.len;
        if (!cpm_command_exists(one))
            continue;
        offer(c, "", cpm_str(one->name), one->summary);
        offer_words(c, one->aliases);
        if (c->out.len == before)
            continue;
        several |= only && only != one;
        only = one;
    }
    if (only && !several) {
        cpm_buf_clear(&c->out);
        c->word = CPM_STR("");
        offer(c, "", cpm_str(only->name), only->summary);
    }
}

/* The key that an option means, NULL when there is none; *negated for --no-KEY. */
static const struct cpm_definition *option_key(struct cpm_str option, bool *negated)
{
    while (cpm_str_starts(option, "-"))
        option = cpm_str_sub(option, 1, option.len);
    option = cpm_str_sub(option, 0, cpm_str_chr(option, '='));
    *negated = cpm_str_starts(option, "no-");
    for (size_t i = 0; i < cpm_shorthand_count; i++)
        if (cpm_str_is(option, cpm_shorthands[i].name)) {
            struct cpm_str expansion = cpm_str(cpm_shorthands[i].expansion + 2);
            if (cpm_str_chr(expansion, ' ') != CPM_NPOS)
                return NULL; /* it brings its value */
            option = expansion;
        }
    const struct cpm_definition *d = cpm_definition_find(option);
    return d || !*negated ? d : cpm_definition_find(cpm_str_sub(option, 3, option.len));
}

/* Does this word of the line take the next one as its value? */
static bool wants_value(struct cpm_str word)
{
    struct cpm_types types;
    bool negated;
    if (!cpm_str_starts(word, "-") || cpm_str_chr(word, '=') != CPM_NPOS)
        return false;
    const struct cpm_definition *d = option_key(word, &negated);
    if (!d || negated)
        return false;
    cpm_types_parse(d->types, &types);
    return !cpm_types_has(&types, CPM_TYPE_BOOLEAN);
}

static void offer_values(struct completion *c, const struct cpm_definition *d, const char *prefix)
{
    struct cpm_types types;
    if (!d)
        return;
    cpm_types_parse(d->types, &types);
    for (unsigned i = 0; i < types.count; i++)
        if (types.v[i].type == CPM_TYPE_LITERAL && types.v[i].literal.text.len)
            offer(c, prefix, types.v[i].literal.text, NULL);
}

static void offer_option(struct completion *c, const struct cpm_definition *d)
{
    struct cpm_types types;
    cpm_types_parse(d->types, &types);
    offer(c, "--", cpm_str(d->key), d->summary);
    if (cpm_types_has(&types, CPM_TYPE_BOOLEAN) && cpm_str_starts(c->word, "--no"))
        offer(c, "--no-", cpm_str(d->key), d->summary);
}

/* --omit=… completes the value, --o the option: the command's own, or any before a command. */
static void offer_options(struct completion *c)
{
    size_t equals = cpm_str_chr(c->word, '=');
    bool negated;
    if (equals != CPM_NPOS) {
        const char *prefix = cpm_arena_strndup(c->cli->arena, c->word.ptr, equals + 1);
        offer_values(c, option_key(c->word, &negated), prefix);
        return;
    }
    struct cpm_str rest = cpm_str(c->command && c->command->params ? c->command->params : ""), key;
    if (!c->command)
        for (size_t i = 0; i < cpm_definition_count; i++)
            offer_option(c, &cpm_definitions[i]);
    while (rest.len && cpm_str_split(&rest, ' ', &key)) {
        const struct cpm_definition *d = cpm_definition_find(key);
        if (d)
            offer_option(c, d);
    }
}

static void offer_folder(struct completion *c, const char *dir, const char *scope)
{
    DIR *open = opendir(dir);
    for (struct dirent *e; open && (e = readdir(open));) {
        const char *name = cpm_arena_printf(c->cli->arena, "%s%s", scope, e->d_name);
        if (*e->d_name == '@' && !*scope)
            offer_folder(c, cpm_path_join(c->cli->arena, dir, e->d_name),
                         cpm_arena_printf(c->cli->arena, "%s/", e->d_name));
        else if (*e->d_name != '.')
            offer(c, "", cpm_str(name), NULL);
    }
    if (open)
        closedir(open);
}

static void offer_scripts(struct completion *c)
{
    struct cpm_json *doc = NULL;
    if (cpm_project_read(c->cli, c->cli->local_prefix, &doc, NULL) == 0)
        CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("scripts")), script)
            offer(c, "", cpm_json_key(script),
                  cpm_arena_str(c->cli->arena, cpm_json_str(script)).ptr);
    cpm_json_free(doc);
}

static void offer_keys(struct completion *c)
{
    for (size_t i = 0; i < cpm_definition_count; i++)
        offer(c, "", cpm_str(cpm_definitions[i].key), cpm_definitions[i].summary);
}

static void offer_kind(struct completion *c)
{
    switch (c->command->complete) {
    case CPM_COMPLETE_INSTALLED:
        offer_folder(c, cpm_path_join(c->cli->arena, c->cli->local_prefix, "node_modules"), "");
        break;
    case CPM_COMPLETE_GLOBAL:
        offer_folder(c, cpm_path_join(c->cli->arena, c->cli->global_prefix, "lib/node_modules"),
                     "");
        break;
    case CPM_COMPLETE_SCRIPTS:
        if (c->position == 0)
            offer_scripts(c);
        break;
    case CPM_COMPLETE_KEYS:
        offer_keys(c);
        break;
    case CPM_COMPLETE_COMMANDS:
        offer_commands(c);
        break;
    case CPM_COMPLETE_NONE:
        break;
    }
}

static bool is_config_edit(const struct completion *c, int argc, const char **argv)
{
    if (c->command->run != cpm_cmd_config)
        return false;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "get") == 0 || strcmp(argv[i], "set") == 0 ||
            strcmp(argv[i], "delete") == 0)
            return true;
    return false;
}

/* What stands before the word: the command, and how many words behind it. */
static void read_line(struct completion *c, int at, const char **argv)
{
    c->position = -1;
    for (int i = 1; i < at; i++) {
        if (*argv[i] == '-') {
            if (wants_value(cpm_str(argv[i])))
                i++;
        } else if (!c->command) {
            c->command = cpm_command_find(argv[i]);
            c->position = 0;
        } else {
            c->position++;
        }
    }
}

/* The part of the word before the cursor: what the line up to there ends with. */
static struct cpm_str typed_part(const char *word, const char *line, size_t point)
{
    struct cpm_str before = cpm_str_sub(cpm_str(line), 0, point), part = cpm_str(word);
    while (part.len && (part.len > before.len ||
                        memcmp(before.ptr + before.len - part.len, part.ptr, part.len) != 0))
        part.len--;
    return part;
}

static void complete(struct completion *c, int argc, const char **argv, int at)
{
    bool negated;
    read_line(c, at < argc ? at : argc, argv);
    if (cpm_str_starts(c->word, "-"))
        offer_options(c);
    else if (at > 1 && at - 1 < argc && wants_value(cpm_str(argv[at - 1])))
        offer_values(c, option_key(cpm_str(argv[at - 1]), &negated), "");
    else if (c->position < 0)
        offer_commands(c);
    else if (c->command && is_config_edit(c, at < argc ? at : argc, argv))
        offer_keys(c);
    else if (c->command) {
        if (c->position == 0)
            offer_words(c, c->command->words);
        offer_kind(c);
    }
}

static int print_script(struct cpm_cli *cli, const char *shell, struct cpm_error *err)
{
    const char *name = cpm_arena_printf(cli->arena, "cpm.%s", shell);
    for (const struct cpm_embedded *e = cpm_embedded; e->name; e++)
        if (strcmp(e->name, name) == 0) {
            cpm_term_put(cli->term, cpm_str(e->text));
            return 0;
        }
    return cpm_error_set(err, CPM_EUSAGE, "There is no completion for '%s'.", shell);
}

int cpm_cmd_completion(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    const char *cword = getenv("COMP_CWORD"), *line = getenv("COMP_LINE");
    const char *point = getenv("COMP_POINT"), *fish = getenv("COMP_FISH");
    uint64_t at, cursor;
    (void)exit_code;
    if (!cword || !line || !point)
        return print_script(cli, cli->argc ? cli->argv[0] : "bash", err);
    if (!cpm_str_u64(cpm_str(cword), &at) || at > (uint64_t)cli->argc ||
        !cpm_str_u64(cpm_str(point), &cursor))
        return 0;
    struct completion c = {
        .cli = cli, .out = CPM_BUF_INIT(1 << 20), .fish = fish && strcmp(fish, "true") == 0};
    if (at < (uint64_t)cli->argc)
        c.word = typed_part(cli->argv[at], line, cursor);
    complete(&c, cli->argc, cli->argv, (int)at);
    if (c.out.len)
        cpm_term_out(cli->term, cpm_str_sub(cpm_buf_str(&c.out), 0, c.out.len - 1));
    cpm_buf_release(&c.out);
    return 0;
}
