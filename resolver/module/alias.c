/* An alias that matches ends its stage, whether its target exists or not: "don't allow other
 * aliasing or raw request". Only the aliases of a tsconfig fall through (see tsconfig.c). */
#include "resolver/module/bundler.h"

static enum cpm_verdict again(struct cpm_search *s, struct cpm_request r)
{
    r.fully_specified = false;
    return cpm_stage_resolve(s, r, false, true);
}

static enum cpm_verdict ignore(struct cpm_search *s)
{
    s->ignored = true;
    cpm_search_tell(s, "it is to be ignored");
    return CPM_DONE;
}

static bool begins_below(struct cpm_str text, struct cpm_str name)
{
    return text.len > name.len && text.ptr[name.len] == '/' &&
           memcmp(text.ptr, name.ptr, name.len) == 0;
}

/* What the one '*' of a name stands for; false when the name has none or does not fit. */
static bool wildcard(struct cpm_str name, struct cpm_str text, struct cpm_str *match)
{
    size_t star = cpm_str_chr(name, '*');
    struct cpm_str head, tail;

    if (star == CPM_NPOS || star != cpm_str_rchr(name, '*'))
        return false;
    head = cpm_str_sub(name, 0, star);
    tail = cpm_str_sub(name, star + 1, name.len);
    if (text.len < head.len + tail.len || memcmp(text.ptr, head.ptr, head.len) != 0 ||
        !cpm_str_eq(cpm_str_sub(text, text.len - tail.len, tail.len), tail))
        return false;
    *match = cpm_str_sub(text, star, text.len - head.len - tail.len);
    return true;
}

static struct cpm_str put_match(struct cpm_search *s, struct cpm_str target, struct cpm_str match)
{
    size_t star = cpm_str_chr(target, '*');
    struct cpm_str tail;

    if (star == CPM_NPOS)
        return target;
    tail = cpm_str_sub(target, star + 1, target.len);
    return cpm_search_join(s, cpm_search_join(s, cpm_str_sub(target, 0, star), match), tail);
}

/* The text that a rule makes of the request for one target; ptr NULL when it does not apply. */
static struct cpm_str rewritten(struct cpm_search *s, const struct cpm_alias_rule *rule,
                                struct cpm_str text, struct cpm_str target)
{
    bool whole =
        cpm_str_eq(text, rule->name) || (!rule->only_module && begins_below(text, rule->name));
    struct cpm_str match;

    if (whole && !cpm_str_eq(text, target) && !begins_below(text, target))
        return cpm_search_join(s, target, cpm_str_sub(text, rule->name.len, text.len));
    if (!rule->only_module && wildcard(rule->name, text, &match))
        return put_match(s, target, match);
    return CPM_STR_NONE;
}

static enum cpm_verdict apply_rule(struct cpm_search *s, const struct cpm_request *r,
                                   const struct cpm_alias_rule *rule, struct cpm_str text)
{
    struct cpm_request next = *r;
    bool stop = false;
    struct cpm_str match;

    if (rule->ignore && (cpm_str_eq(text, rule->name) ||
                         (!rule->only_module &&
                          (begins_below(text, rule->name) || wildcard(rule->name, text, &match)))))
        return ignore(s);
    for (size_t i = 0; i < rule->targets.count; i++) {
        enum cpm_verdict v;

        next.text = rewritten(s, rule, text, rule->targets.names[i]);
        if (!next.text.ptr)
            continue;
        stop = true;
        cpm_search_tell(s, "the alias '%.*s' makes it '%.*s'", CPM_STR_ARG(rule->name),
                        CPM_STR_ARG(next.text));
        v = again(s, next);
        if (v != CPM_PASS)
            return v;
    }
    return stop ? CPM_STOP : CPM_PASS;
}

enum cpm_verdict cpm_alias_apply(struct cpm_search *s, const struct cpm_request *r,
                                 const struct cpm_alias_rules *rules)
{
    struct cpm_str text = r->text.len ? r->text : cpm_place_path(r->path);
    enum cpm_verdict v = CPM_PASS;

    for (size_t i = 0; v == CPM_PASS && i < rules->count; i++)
        v = apply_rule(s, r, &rules->list[i], text);
    return v;
}

/* The request as a package's own fields write it: relative to its folder. */
static struct cpm_str inner_text(struct cpm_search *s, const struct cpm_request *r)
{
    struct cpm_request joined;

    if (!r->text.len)
        return cpm_request_relative(s, r);
    if (!cpm_str_starts(r->text, "."))
        return r->text;
    joined = cpm_request_joined(s, *r);
    return cpm_request_relative(s, &joined);
}

static enum cpm_verdict apply_field(struct cpm_search *s, const struct cpm_request *r,
                                    const struct cpm_value *field, struct cpm_str text)
{
    const struct cpm_value *v = cpm_value_get(field, text);
    struct cpm_request next = *r;
    enum cpm_verdict verdict;

    if (!v && cpm_str_starts(text, "./"))
        v = cpm_value_get(field, cpm_str_sub(text, 2, text.len));
    if (v && v->type == CPM_VALUE_FALSE)
        return ignore(s);
    if (!v || v->type != CPM_VALUE_STRING || cpm_str_eq(v->text, text))
        return CPM_PASS;
    cpm_search_tell(s, "%s maps '%.*s' to '%.*s'", r->root->path, CPM_STR_ARG(text),
                    CPM_STR_ARG(v->text));
    next.path = r->root;
    next.text = v->text;
    verdict = again(s, next);
    return verdict == CPM_PASS ? CPM_STOP : verdict;
}

enum cpm_verdict cpm_alias_fields(struct cpm_search *s, const struct cpm_request *r)
{
    const struct cpm_words *fields = &s->settings->bundler->alias_fields;
    enum cpm_verdict v = CPM_PASS;
    struct cpm_str text;

    if (!r->package || !fields->count)
        return CPM_PASS;
    text = inner_text(s, r);
    for (size_t i = 0; text.len && v == CPM_PASS && i < fields->count; i++) {
        const struct cpm_value *field = cpm_fields_get(r->package, fields->names[i]);

        if (field && field->type == CPM_VALUE_OBJECT)
            v = apply_field(s, r, field, text);
    }
    return v;
}

static struct cpm_request with_extension(struct cpm_search *s, struct cpm_request r,
                                         const struct cpm_extension_rule *rule,
                                         struct cpm_str other)
{
    struct cpm_str text = r.text.len ? r.text : cpm_place_name(r.path);

    text = cpm_search_join(s, cpm_str_sub(text, 0, text.len - rule->extension.len), other);
    if (r.text.len)
        r.text = text;
    else
        r.path = cpm_place_child(s->places, r.path->parent, text);
    r.fully_specified = true;
    return r;
}

/* An error of any but the last extension is passed over. A rule that lists its own extension keeps
 * the request as it was in play. */
static enum cpm_verdict apply_extension(struct cpm_search *s, const struct cpm_request *r,
                                        const struct cpm_extension_rule *rule, cpm_stage_fn *next)
{
    bool keeps = rule->others.count == 0;

    for (size_t i = 0; i < rule->others.count; i++) {
        enum cpm_verdict v = next(s, with_extension(s, *r, rule, rule->others.names[i]));

        if (v == CPM_FAILED && i + 1 < rule->others.count) {
            cpm_search_clear(s);
            v = CPM_PASS;
        }
        if (v == CPM_DONE || v == CPM_FAILED)
            return v;
        keeps = keeps || cpm_str_eq(rule->others.names[i], rule->extension);
    }
    return keeps ? CPM_PASS : CPM_STOP;
}

enum cpm_verdict cpm_alias_extensions(struct cpm_search *s, const struct cpm_request *r,
                                      cpm_stage_fn *next)
{
    const struct cpm_bundler *b = s->settings->bundler;
    struct cpm_str text = r->text.len ? r->text : cpm_place_name(r->path);
    enum cpm_verdict v = CPM_PASS;

    for (size_t i = 0; v == CPM_PASS && i < b->extension_rule_count; i++) {
        const struct cpm_extension_rule *rule = &b->extension_rules[i];

        if (text.len >= rule->extension.len &&
            cpm_str_eq(cpm_str_sub(text, text.len - rule->extension.len, text.len),
                       rule->extension))
            v = apply_extension(s, r, rule, next);
    }
    return v;
}
