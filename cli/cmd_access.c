/* cpm access: who may read and write a package, and whether writing wants a second factor. */
#include "cli/commands.h"

#include "base/collate.h"
#include "cli/account.h"
#include "cli/config/config.h"
#include "cli/print_json.h"
#include "cli/project_name.h"
#include "registry/endpoints.h"
#include "semver/spec.h"

#include <stdlib.h>

struct access {
    struct cpm_cli *cli;
    struct cpm_net net;
};

static const char *argument(const struct access *a, int i)
{
    return i < a->cli->argc ? a->cli->argv[i] : NULL;
}

/* The package named, or the one in the project's folder. */
static int package(struct access *a, const char *arg, bool scoped, const char **name,
                   struct cpm_error *err)
{
    struct cpm_spec spec;
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = 0;
    if (!arg && cpm_project_name(a->cli, a->cli->local_prefix, &arg, &fault) < 0)
        return cpm_error_set(err, CPM_ENOENT, "no package name given and no package.json found");
    rc = cpm_spec_parse(a->cli->arena, cpm_str(arg), a->cli->cwd, &spec, err);
    if (rc < 0)
        return rc;
    if (scoped && !spec.scope.len)
        return cpm_error_set(err, CPM_EUSAGE,
                             "This command is only available for scoped packages.");
    if (!spec.registry)
        return cpm_error_set(err, CPM_EUNKNOWN, "must use package name only");
    *name = cpm_arena_str(a->cli->arena, spec.name).ptr;
    return 0;
}

struct permission {
    struct cpm_str who, what;
};

static int by_name(const void *a, const void *b)
{
    return cpm_collate(((const struct permission *)a)->who, ((const struct permission *)b)->who);
}

static struct cpm_str words(struct cpm_str permission)
{
    if (cpm_str_is(permission, "read"))
        return CPM_STR("read-only");
    return cpm_str_is(permission, "write") ? CPM_STR("read-write") : permission;
}

/* Lines in npm's order, or one object; `only` (may be NULL) picks a line. */
static void print(struct access *a, const struct cpm_json *items, const char *only)
{
    size_t n = 0;
    if (cpm_term_json(a->cli->term)) {
        struct cpm_json *doc = cpm_json_new_object();
        CPM_JSON_EACH (items, v)
            cpm_json_set(doc, cpm_json_key(v), cpm_json_new_str(words(cpm_json_str(v))));
        cpm_print_json(a->cli->term, doc);
        return;
    }
    struct permission *v =
        CPM_NEW_ARRAY(a->cli->arena, struct permission, cpm_json_count(items) + 1);
    CPM_JSON_EACH (items, item)
        v[n++] = (struct permission){cpm_json_key(item), words(cpm_json_str(item))};
    qsort(v, n, sizeof(*v), by_name);
    for (size_t i = 0; i < n; i++)
        if (!only || cpm_str_is(v[i].who, only))
            cpm_term_outf(a->cli->term, "%.*s: %.*s", CPM_STR_ARG(v[i].who),
                          CPM_STR_ARG(v[i].what));
}

static int get(struct access *a, const char *url, struct cpm_json **out, struct cpm_error *err)
{
    struct cpm_net_call call = {.url = url};
    int rc = cpm_net_exchange(&a->net, &call, err);
    *out = call.json;
    return rc;
}

static int submit(struct access *a, const char *method, const char *url, struct cpm_json *body,
                  struct cpm_error *err)
{
    struct cpm_net_call call = {.method = method, .url = url, .body = body};
    int rc = cpm_net_exchange_otp(&a->net, &call, err);
    cpm_json_free(call.json);
    cpm_json_free(body);
    return rc;
}

/* "@scope:team" in two, encoded; *team is "" when there is none. */
static void split_team(struct access *a, const char *text, const char **scope, const char **team)
{
    struct cpm_str s = cpm_str(*text == '@' ? text + 1 : text);
    size_t colon = cpm_str_chr(s, ':');
    *scope = cpm_net_encode(a->cli->arena, cpm_str_sub(s, 0, colon));
    *team =
        colon == CPM_NPOS ? "" : cpm_net_encode(a->cli->arena, cpm_str_sub(s, colon + 1, s.len));
}

static int list_packages(struct access *a, const char *owner, const char *only,
                         struct cpm_error *err)
{
    struct cpm_arena *arena = a->cli->arena;
    const char *scope, *team;
    struct cpm_json *items = NULL;
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = owner ? 0 : cpm_account_name(&a->net, &owner, err);
    if (rc < 0)
        return rc;
    split_team(a, owner, &scope, &team);
    rc = get(a,
             *team ? cpm_arena_printf(arena, CPM_ENDPOINT_TEAM_PACKAGES, scope, team)
                   : cpm_arena_printf(arena, CPM_ENDPOINT_ORG_PACKAGES, scope),
             &items, &fault);
    if (rc == CPM_E404) { /* no organization of that name: a user */
        cpm_json_free(items);
        rc = get(a, cpm_arena_printf(arena, CPM_ENDPOINT_USER_PACKAGES, scope), &items, &fault);
    }
    if (rc == 0)
        print(a, items, only);
    cpm_json_free(items);
    return rc < 0 ? cpm_error_set(err, rc, "%s", fault.text) : 0;
}

static int list_collaborators(struct access *a, const char *arg, const char *only,
                              struct cpm_error *err)
{
    struct cpm_json *items = NULL;
    const char *name;
    int rc = package(a, arg, false, &name, err);
    if (rc == 0)
        rc = get(a,
                 cpm_arena_printf(a->cli->arena, CPM_ENDPOINT_COLLABORATORS,
                                  cpm_net_escape(a->cli->arena, cpm_str(name))),
                 &items, err);
    if (rc == 0)
        print(a, items, only);
    cpm_json_free(items);
    return rc;
}

static int get_status(struct access *a, const char *arg, struct cpm_error *err)
{
    struct cpm_json *answer = NULL;
    const char *name;
    int rc = package(a, arg, false, &name, err);
    if (rc == 0)
        rc = get(a,
                 cpm_arena_printf(a->cli->arena, CPM_ENDPOINT_VISIBILITY,
                                  cpm_net_escape(a->cli->arena, cpm_str(name))),
                 &answer, err);
    if (rc == 0) {
        bool open = cpm_json_truthy(cpm_json_get(answer, CPM_STR("public")));
        struct cpm_json *items = cpm_json_new_object();
        cpm_json_set_str(items, name, open ? CPM_STR("public") : CPM_STR("private"));
        print(a, items, NULL);
        cpm_json_free(items);
    }
    cpm_json_free(answer);
    return rc;
}

static struct cpm_json *mfa_body(const char *level)
{
    struct cpm_json *body = cpm_json_new_object();
    bool wanted = strcmp(level, "none") != 0;
    cpm_json_set(body, CPM_STR("publish_requires_tfa"), cpm_json_new_bool(wanted));
    if (wanted)
        cpm_json_set(body, CPM_STR("automation_token_overrides_tfa"),
                     cpm_json_new_bool(strcmp(level, "automation") == 0));
    return body;
}

static int set(struct access *a, const char *setting, const char *arg, struct cpm_error *err)
{
    static const char *const known[] = {"status=public", "status=private", "mfa=none",
                                        "mfa=publish",   "mfa=automation", "2fa=none",
                                        "2fa=publish",   "2fa=automation", NULL};
    const char *const *k = known;
    const char *name, *value = strchr(setting, '=');
    while (*k && strcmp(*k, setting) != 0)
        k++;
    if (!*k)
        return cpm_error_set(err, CPM_EUSAGE, "set %s is not a valid access command", setting);
    bool status = strncmp(setting, "status", 6) == 0;
    int rc = package(a, arg, status, &name, err);
    if (rc < 0)
        return rc;
    const char *url = cpm_arena_printf(a->cli->arena, CPM_ENDPOINT_ACCESS,
                                       cpm_net_escape(a->cli->arena, cpm_str(name)));
    if (!status)
        return submit(a, "POST", url, mfa_body(value + 1), err);
    struct cpm_json *body = cpm_json_new_object();
    cpm_json_set_str(body, "access",
                     strcmp(value, "=private") == 0 ? CPM_STR("restricted") : CPM_STR("public"));
    rc = submit(a, "POST", url, body, err);
    return rc == 0 ? get_status(a, name, err) : rc;
}

/* Grants with `permissions`, revokes with NULL. */
static int grant(struct access *a, const char *permissions, const char *who, const char *arg,
                 struct cpm_error *err)
{
    const char *scope, *team, *name;
    int rc = package(a, arg, false, &name, err);
    if (rc < 0)
        return rc;
    split_team(a, who, &scope, &team);
    if (!*scope || !*team)
        return cpm_error_set(err, CPM_EUNKNOWN, "team must be in format `scope:team`");
    struct cpm_json *body = cpm_json_new_object();
    cpm_json_set_str(body, "package", cpm_str(name));
    if (permissions)
        cpm_json_set_str(body, "permissions", cpm_str(permissions));
    return submit(a, permissions ? "PUT" : "DELETE",
                  cpm_arena_printf(a->cli->arena, CPM_ENDPOINT_TEAM_PACKAGES, scope, team), body,
                  err);
}

static int usage(struct cpm_error *err, const char *words_)
{
    return cpm_error_set(err, CPM_EUSAGE, "%s", words_);
}

static int list(struct access *a, const char *what, struct cpm_error *err)
{
    if (strcmp(what, "packages") == 0)
        return list_packages(a, argument(a, 2), argument(a, 3), err);
    if (strcmp(what, "collaborators") == 0)
        return list_collaborators(a, argument(a, 2), argument(a, 3), err);
    return cpm_error_set(err, CPM_EUSAGE, "list %s is not a valid access command", what);
}

static int run(struct access *a, struct cpm_error *err)
{
    const char *word = argument(a, 0), *what = argument(a, 1), *arg = argument(a, 2);
    if (!word || !what)
        return usage(err, "");
    if (strcmp(word, "list") == 0 || strcmp(word, "ls") == 0)
        return list(a, what, err);
    if (strcmp(word, "get") == 0)
        return strcmp(what, "status") == 0
                   ? get_status(a, arg, err)
                   : cpm_error_set(err, CPM_EUSAGE, "get %s is not a valid access command", what);
    if (strcmp(word, "set") == 0)
        return set(a, what, arg, err);
    if (strcmp(word, "revoke") == 0)
        return grant(a, NULL, what, arg, err);
    if (strcmp(word, "grant") != 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s is not a valid access command", word);
    if (strcmp(what, "read-only") != 0 && strcmp(what, "read-write") != 0)
        return usage(err, "grant must be either `read-only` or `read-write`");
    if (!arg)
        return usage(err, "`<scope:team>` argument is required");
    return grant(a, what, arg, argument(a, 3), err);
}

int cpm_cmd_access(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct access a = {.cli = cli};
    int rc = cpm_net_open(cli, &a.net, err);
    (void)exit_code;
    if (rc == 0)
        rc = run(&a, err);
    cpm_net_close(&a.net);
    return rc;
}
