/* The table of commands and the ways to name one of them.
 *
 * A name is looked up as npm does: exactly, then as an alias, then as the beginning of exactly one
 * command or alias; camelCase stands for its dashed form. */
#include "cli/commands.h"

#include "base/buf.h"

#include <ctype.h>

const struct cpm_command cpm_commands[] = {
#define CPM_COMMAND(function, ...)        {.run = cpm_cmd_##function, __VA_ARGS__},
#define CPM_COMMAND_PLAIN(function, ...)  {.run_plain = cpm_cmd_##function, __VA_ARGS__},
#define CPM_COMMAND_LATER(word, synonyms) {.name = (word), .aliases = (synonyms)},
#include "cli/commands.def"
#undef CPM_COMMAND
#undef CPM_COMMAND_PLAIN
#undef CPM_COMMAND_LATER
    {.name = NULL},
};

#define NAME_MAX_LENGTH 64

/* "installTest" to "install-test". False when it is longer than any name. */
static bool dashed(const char *word, char out[NAME_MAX_LENGTH])
{
    size_t n = 0;
    for (; *word; word++) {
        if (n + 3 > NAME_MAX_LENGTH)
            return false;
        if (isupper((unsigned char)*word))
            out[n++] = '-';
        out[n++] = (char)tolower((unsigned char)*word);
    }
    out[n] = '\0';
    return true;
}

static const struct cpm_command *find_exact(const char *word)
{
    for (const struct cpm_command *c = cpm_commands; c->name; c++)
        if (strcmp(c->name, word) == 0)
            return c;
    for (const struct cpm_command *c = cpm_commands; c->name; c++) {
        struct cpm_str rest = cpm_str(c->aliases ? c->aliases : ""), alias;
        while (cpm_str_split(&rest, ' ', &alias))
            if (alias.len && cpm_str_is(alias, word))
                return c;
    }
    return NULL;
}

struct abbreviation {
    const char *prefix;
    const struct cpm_command *command; /* the only one so far */
    unsigned words;                    /* names and aliases that begin so */
};

static void abbreviation_try(struct abbreviation *a, const struct cpm_command *c,
                             struct cpm_str word)
{
    if (word.len == 0 || !cpm_str_starts(word, a->prefix))
        return;
    a->words++;
    a->command = c;
}

/* npm counts words, not commands: "insta" would be ambiguous were it not an alias of its own. */
static const struct cpm_command *find_abbreviated(const char *prefix)
{
    struct abbreviation a = {.prefix = prefix};
    for (const struct cpm_command *c = cpm_commands; c->name; c++) {
        struct cpm_str rest = cpm_str(c->aliases ? c->aliases : ""), alias;
        abbreviation_try(&a, c, cpm_str(c->name));
        while (cpm_str_split(&rest, ' ', &alias))
            abbreviation_try(&a, c, alias);
    }
    return a.words == 1 ? a.command : NULL;
}

const struct cpm_command *cpm_command_find(const char *word)
{
    char name[NAME_MAX_LENGTH];
    if (*word == '\0' || !dashed(word, name))
        return NULL;
    const struct cpm_command *c = find_exact(name);
    return c ? c : find_abbreviated(name);
}

bool cpm_command_exists(const struct cpm_command *command)
{
    return command->run || command->run_plain;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned cpm_edit_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    unsigned row[NAME_MAX_LENGTH + 1];
    if (la >= NAME_MAX_LENGTH || lb >= NAME_MAX_LENGTH)
        return (unsigned)(la > lb ? la : lb);
    for (size_t j = 0; j <= lb; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= la; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= lb; j++) {
            unsigned changed = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            row[j] = least(changed, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[lb];
}

bool cpm_word_close(const char *typed, const char *known)
{
    return cpm_edit_distance(typed, known) * 5 < strlen(typed) * 2;
}
