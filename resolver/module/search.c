/* Node words its errors in one place; so do we: the codes are a table, the messages are made where
 * the fault is found, in Node's words. */
#include "resolver/module/search.h"

#include "resolver/module/settings.h"

#include <stdarg.h>

static const char *const codes[] = {
    [CPM_FAULT_NOT_FOUND] = "ERR_MODULE_NOT_FOUND",
    [CPM_FAULT_NOT_EXPORTED] = "ERR_PACKAGE_PATH_NOT_EXPORTED",
    [CPM_FAULT_TARGET] = "ERR_INVALID_PACKAGE_TARGET",
    [CPM_FAULT_IMPORT] = "ERR_PACKAGE_IMPORT_NOT_DEFINED",
    [CPM_FAULT_FOLDER] = "ERR_UNSUPPORTED_DIR_IMPORT",
    [CPM_FAULT_SPECIFIER] = "ERR_INVALID_MODULE_SPECIFIER",
    [CPM_FAULT_CONFIG] = "ERR_INVALID_PACKAGE_CONFIG",
    [CPM_FAULT_URL_HOST] = "ERR_INVALID_FILE_URL_HOST",
    [CPM_FAULT_URL_SCHEME] = "ERR_INVALID_URL_SCHEME",
    [CPM_FAULT_URI] = "URIError", /* JavaScript's own error, without a code */
    [CPM_FAULT_ARGUMENT] = "ERR_INVALID_ARG_TYPE",
    [CPM_FAULT_UNSUPPORTED] = "ERR_UNSUPPORTED_RESOLVE_REQUEST",
};
static const char require_not_found[] = "MODULE_NOT_FOUND";

static const char *code_of(const struct cpm_search *s, enum cpm_fault fault)
{
    return fault == CPM_FAULT_NOT_FOUND && s->require ? require_not_found : codes[fault];
}

bool cpm_search_fail(struct cpm_search *s, enum cpm_fault fault, const char *fmt, ...)
{
    const char *message;
    va_list args;

    va_start(args, fmt);
    message = cpm_arena_vprintf(&s->arena, fmt, args);
    va_end(args);
    return cpm_search_fail_with(s, fault, message);
}

bool cpm_search_fail_with(struct cpm_search *s, enum cpm_fault fault, const char *message)
{
    s->message = message;
    s->code = code_of(s, fault);
    cpm_search_tell(s, "%s: %s", s->code, s->message);
    return false;
}

bool cpm_search_failed_with(const struct cpm_search *s, enum cpm_fault fault)
{
    return s->code && s->code == code_of(s, fault);
}

void cpm_search_clear(struct cpm_search *s)
{
    s->code = s->message = NULL;
}

struct cpm_str cpm_search_join(struct cpm_search *s, struct cpm_str a, struct cpm_str b)
{
    char *text = cpm_arena_alloc(&s->arena, a.len + b.len + 1);

    if (a.len)
        memcpy(text, a.ptr, a.len);
    if (b.len)
        memcpy(text + a.len, b.ptr, b.len);
    return cpm_str_n(text, a.len + b.len);
}

const char *cpm_search_from(struct cpm_search *s, struct cpm_str base)
{
    if (!base.ptr)
        return "";
    return CPM_CONCAT(&s->arena, CPM_STR(" imported from "), base).ptr;
}

void cpm_search_tell(struct cpm_search *s, const char *fmt, ...)
{
    va_list args;

    if (!s->trace)
        return;
    va_start(args, fmt);
    s->trace(s->trace_to, cpm_arena_vprintf(&s->arena, fmt, args));
    va_end(args);
}

void cpm_search_note(struct cpm_search *s, struct cpm_place *place)
{
    struct cpm_place **bigger;

    if (s->tried_count == s->tried_size) {
        s->tried_size = s->tried_size ? s->tried_size * 2 : 8;
        bigger = CPM_NEW_ARRAY(&s->arena, struct cpm_place *, s->tried_size);
        if (s->tried_count)
            memcpy(bigger, s->tried, s->tried_count * sizeof(struct cpm_place *));
        s->tried = bigger;
    }
    s->tried[s->tried_count++] = place;
    cpm_search_tell(s, "tried %s", place->path);
}

bool cpm_search_file(struct cpm_search *s, struct cpm_place *place)
{
    if (cpm_place_is_file(s->places, place))
        return true;
    cpm_search_note(s, place);
    return false;
}

bool cpm_search_found(struct cpm_search *s, struct cpm_place *place)
{
    s->found = s->settings->preserve_symlinks ? place : cpm_place_real(s->places, place);
    cpm_search_tell(s, "found %s", place->path);
    if (s->found != place)
        cpm_search_tell(s, "which really is %s", s->found->path);
    return true;
}

bool cpm_search_is_builtin(const struct cpm_search *s, struct cpm_str name)
{
    return cpm_settings_may_be_builtin(s->settings, name) &&
           cpm_words_have(&s->settings->builtins, name);
}

bool cpm_search_is_schemed_builtin(const struct cpm_search *s, struct cpm_str specifier)
{
    struct cpm_str name = cpm_str_sub(specifier, strlen("node:"), specifier.len);

    return cpm_str_starts(specifier, "node:") && (cpm_words_have(&s->settings->builtins, name) ||
                                                  cpm_words_have(&s->settings->schemed, name));
}
