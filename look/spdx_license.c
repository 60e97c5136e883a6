/* The grammar of the SPDX specification as npm's reader takes it: AND binds closer than OR, the
 * operators may be written in any case, and whatever begins with one is the operator ("ORacle").
 * Tokens are read one ahead. A text that npm's reader splits into no tokens is no expression, even
 * behind an expression that is complete. */
#include "look/spdx_license.h"

#include <stdlib.h>
#include <strings.h>

#define DEPTH_MAX 64

enum token { END, FAULT, WITH, AND, OR, OPEN, CLOSE, COLON, PLUS, DOCUMENT, REFERENCE, ID, EXCEPT };

struct scan {
    struct cpm_str text;
    size_t at;
    enum token token;
    struct cpm_str word; /* of ID and REFERENCE, with its prefix */
    unsigned depth;
};

static const char *const licenses[] = {
#define SPDX_LICENSE(id) id,
#define SPDX_EXCEPTION(id)
#include "look/spdx_ids.def"
#undef SPDX_LICENSE
#undef SPDX_EXCEPTION
};

static const char *const exceptions[] = {
#define SPDX_LICENSE(id)
#define SPDX_EXCEPTION(id) id,
#include "look/spdx_ids.def"
#undef SPDX_LICENSE
#undef SPDX_EXCEPTION
};

static int compare(const void *word, const void *id)
{
    return cpm_str_cmp(*(const struct cpm_str *)word, cpm_str(*(const char *const *)id));
}

static bool is_one_of(struct cpm_str word, const char *const *ids, size_t count)
{
    return bsearch(&word, ids, count, sizeof(*ids), compare) != NULL;
}

static bool id_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

static bool take(struct scan *s, struct cpm_str word)
{
    struct cpm_str here = cpm_str_sub(s->text, s->at, word.len);
    bool found = cpm_str_eq_nocase(here, word);
    s->at += found ? word.len : 0;
    return found;
}

static bool take_operator(struct scan *s)
{
    static const struct {
        struct cpm_str text;
        enum token token;
    } operators[] = {{{"WITH", 4}, WITH}, {{"AND", 3}, AND}, {{"OR", 2}, OR}, {{"(", 1}, OPEN},
                     {{")", 1}, CLOSE},   {{":", 1}, COLON}, {{"+", 1}, PLUS}};
    for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
        if (take(s, operators[i].text)) {
            s->token = operators[i].token;
            return true;
        }
    return false;
}

static struct cpm_str take_id(struct scan *s)
{
    size_t from = s->at;
    while (s->at < s->text.len && id_char(s->text.ptr[s->at]))
        s->at++;
    return cpm_str_sub(s->text, from, s->at - from);
}

static bool take_reference(struct scan *s, const char *prefix, enum token token)
{
    size_t from = s->at;
    if (!cpm_str_starts(cpm_str_sub(s->text, from, s->text.len), prefix))
        return false;
    s->at += strlen(prefix);
    s->token = take_id(s).len ? token : FAULT;
    s->word = cpm_str_sub(s->text, from, s->at - from);
    return true;
}

static void next(struct scan *s)
{
    while (s->at < s->text.len && s->text.ptr[s->at] == ' ')
        s->at++;
    size_t from = s->at;
    if (from == s->text.len) {
        s->token = END;
        return;
    }
    if (take_operator(s)) {
        if (s->token == PLUS && from > 0 && s->text.ptr[from - 1] == ' ')
            s->token = FAULT;
        return;
    }
    if (take_reference(s, "DocumentRef-", DOCUMENT) || take_reference(s, "LicenseRef-", REFERENCE))
        return;
    s->word = take_id(s);
    if (is_one_of(s->word, licenses, sizeof(licenses) / sizeof(*licenses)))
        s->token = ID;
    else if (is_one_of(s->word, exceptions, sizeof(exceptions) / sizeof(*exceptions)))
        s->token = EXCEPT;
    else
        s->token = FAULT;
}

static enum cpm_spdx_kind read_or(struct scan *s, struct cpm_str *id);

static enum cpm_spdx_kind read_reference(struct scan *s, struct cpm_str *id)
{
    struct cpm_str document = CPM_STR_NONE;
    if (s->token == DOCUMENT) {
        document = s->word;
        next(s);
        if (s->token != COLON)
            return CPM_SPDX_NONE;
        next(s);
    }
    if (s->token != REFERENCE)
        return CPM_SPDX_NONE;
    *id = s->word;
    if (document.len) /* blanks around the colon are rare enough to be no license id */
        *id = cpm_str_n(document.ptr, (size_t)(s->word.ptr + s->word.len - document.ptr));
    next(s);
    return CPM_SPDX_LICENSE;
}

static enum cpm_spdx_kind read_license(struct scan *s, struct cpm_str *id)
{
    *id = s->word;
    next(s);
    if (s->token == PLUS)
        next(s);
    if (s->token != WITH)
        return CPM_SPDX_LICENSE;
    next(s);
    if (s->token != EXCEPT)
        return CPM_SPDX_NONE;
    next(s);
    return CPM_SPDX_LICENSE;
}

static enum cpm_spdx_kind read_atom(struct scan *s, struct cpm_str *id)
{
    enum cpm_spdx_kind kind = CPM_SPDX_NONE;
    if (s->token == ID)
        return read_license(s, id);
    if (s->token != OPEN)
        return read_reference(s, id);
    if (++s->depth > DEPTH_MAX)
        return CPM_SPDX_NONE;
    next(s);
    kind = read_or(s, id);
    if (s->token != CLOSE)
        return CPM_SPDX_NONE;
    next(s);
    s->depth--;
    return kind;
}

static enum cpm_spdx_kind read_joined(struct scan *s, enum token joint, struct cpm_str *id)
{
    enum cpm_spdx_kind kind = joint == OR ? read_joined(s, AND, id) : read_atom(s, id);
    while (kind != CPM_SPDX_NONE && s->token == joint) {
        struct cpm_str other;
        next(s);
        kind = joint == OR ? read_joined(s, AND, &other) : read_atom(s, &other);
        kind = kind == CPM_SPDX_NONE ? kind : CPM_SPDX_CONJUNCTION;
    }
    return kind;
}

static enum cpm_spdx_kind read_or(struct scan *s, struct cpm_str *id)
{
    return read_joined(s, OR, id);
}

enum cpm_spdx_kind cpm_spdx_license(struct cpm_str text, struct cpm_str *id)
{
    struct scan s = {.text = text};
    next(&s);
    enum cpm_spdx_kind kind = read_or(&s, id);
    return s.token == END ? kind : CPM_SPDX_NONE;
}
