/* cpm team and org: two kinds of membership, each a resource that is put, deleted and listed. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/print_json.h"
#include "registry/endpoints.h"

#include <stdlib.h>

struct members {
    struct cpm_cli *cli;
    struct cpm_net net;
    bool json, parseable, silent;
};

static const char *argument(const struct members *m, int i)
{
    return i < m->cli->argc ? m->cli->argv[i] : "";
}

static const char *plain(const char *name)
{
    return *name == '@' || *name == '~' ? name + 1 : name;
}

/* One exchange with a body of at most two texts; values that are NULL are left out. */
struct ask {
    const char *method, *url;
    const char *key, *value, *key2, *value2;
};

static int ask(struct members *m, const struct ask *a, struct cpm_json **out, struct cpm_error *err)
{
    struct cpm_json *body = a->key ? cpm_json_new_object() : NULL;
    if (a->value)
        cpm_json_set_str(body, a->key, cpm_str(a->value));
    if (a->value2)
        cpm_json_set_str(body, a->key2, cpm_str(a->value2));
    struct cpm_net_call call = {.method = a->method, .url = a->url, .body = body};
    int rc = cpm_net_exchange_otp(&m->net, &call, err);
    cpm_json_free(body);
    if (out)
        *out = call.json;
    else
        cpm_json_free(call.json);
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The texts of a list (or the keys of an object), in order. */
static const char **sorted(struct members *m, const struct cpm_json *items, size_t *n)
{
    const char **v = CPM_NEW_ARRAY(m->cli->arena, const char *, cpm_json_count(items) + 1);
    *n = 0;
    CPM_JSON_EACH (items, item) {
        struct cpm_str text =
            cpm_json_is(items, CPM_JSON_OBJECT) ? cpm_json_key(item) : cpm_json_str(item);
        v[(*n)++] = cpm_arena_str(m->cli->arena, text).ptr;
    }
    qsort(v, *n, sizeof(*v), by_text);
    return v;
}

struct told {         /* what a change is called, in npm's forms */
    const char *done; /* the key that is true in JSON, and the last word of a parseable line */
    const char *text;
};

static void tell(struct members *m, const struct told *t, const char *entity, const char *user)
{
    if (m->json) {
        struct cpm_json *doc = cpm_json_new_object();
        cpm_json_set(doc, cpm_str(t->done), cpm_json_new_bool(true));
        cpm_json_set_str(doc, "team", cpm_str(entity));
        if (user)
            cpm_json_set_str(doc, "user", cpm_str(user));
        cpm_print_json(m->cli->term, doc);
    } else if (m->parseable) {
        cpm_term_outf(m->cli->term, "%s%s%s\t%s", user ? user : "", user ? "\t" : "", entity,
                      t->done);
    } else if (!m->silent) {
        cpm_term_out(m->cli->term, cpm_str(t->text));
    }
}

static int team_list(struct members *m, const char *entity, struct cpm_error *err)
{
    struct cpm_arena *arena = m->cli->arena;
    size_t colon = cpm_str_chr(cpm_str(entity), ':'), n;
    bool users = colon != CPM_NPOS && entity[colon + 1];
    const char *scope = cpm_net_encode(arena, cpm_str_sub(cpm_str(entity), 0, colon));
    struct cpm_json *items = NULL;
    const char *url = users ? cpm_arena_printf(arena, CPM_ENDPOINT_TEAM_USERS, scope,
                                               cpm_net_encode(arena, cpm_str(entity + colon + 1)))
                            : cpm_arena_printf(arena, CPM_ENDPOINT_ORG_TEAMS, scope);
    int rc = ask(m, &(struct ask){.url = url}, &items, err);
    const char **names = sorted(m, items, &n);
    if (rc == 0 && m->json) {
        struct cpm_json *list = cpm_json_new_array();
        for (size_t i = 0; i < n; i++)
            cpm_json_add(list, cpm_json_new_str(cpm_str(names[i])));
        cpm_print_json(m->cli->term, list);
    } else if (rc == 0 && (m->parseable || !m->silent)) {
        if (!m->parseable)
            cpm_term_outf(m->cli->term, "@%s has %zu %s%s%s", entity, n, users ? "user" : "team",
                          n == 1 ? "" : "s", n ? ":" : "");
        for (size_t i = 0; i < n; i++)
            cpm_term_outf(m->cli->term, "%s%s", users || m->parseable ? "" : "@", names[i]);
    }
    cpm_json_free(items);
    return rc;
}

static int team_change(struct members *m, const char *word, const char *entity, const char *user,
                       struct cpm_error *err)
{
    struct cpm_arena *arena = m->cli->arena;
    size_t colon = cpm_str_chr(cpm_str(entity), ':');
    if (colon == CPM_NPOS)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    const char *scope = cpm_net_encode(arena, cpm_str_sub(cpm_str(entity), 0, colon));
    const char *team = cpm_net_encode(arena, cpm_str(entity + colon + 1));
    const char *of_team = cpm_arena_printf(arena, CPM_ENDPOINT_TEAM, scope, team);
    const char *of_users = cpm_arena_printf(arena, CPM_ENDPOINT_TEAM_USER, scope, team);
    struct told told = {0};
    struct ask a = {0};
    if (strcmp(word, "create") == 0) {
        a = (struct ask){"PUT",  cpm_arena_printf(arena, CPM_ENDPOINT_ORG_TEAM, scope),
                         "name", entity + colon + 1,
                         NULL,   NULL};
        told = (struct told){"created", cpm_arena_printf(arena, "+@%s", entity)};
    } else if (strcmp(word, "destroy") == 0) {
        a = (struct ask){"DELETE", of_team, NULL, NULL, NULL, NULL};
        told = (struct told){"deleted", cpm_arena_printf(arena, "-@%s", entity)};
    } else if (strcmp(word, "add") == 0) {
        a = (struct ask){"PUT", of_users, "user", user, NULL, NULL};
        told = (struct told){"added", cpm_arena_printf(arena, "%s added to @%s", user, entity)};
    } else {
        a = (struct ask){"DELETE", of_users, "user", user, NULL, NULL};
        told =
            (struct told){"removed", cpm_arena_printf(arena, "%s removed from @%s", user, entity)};
    }
    int rc = ask(m, &a, NULL, err);
    if (rc == 0)
        tell(m, &told, entity, a.url == of_users ? user : NULL);
    return rc;
}

static int team(struct members *m, struct cpm_error *err)
{
    static const char *const changes[] = {"create", "destroy", "add", "rm"};
    const char *word = argument(m, 0), *entity = argument(m, 1);
    entity += *entity == '@';
    if (strcmp(word, "ls") == 0)
        return team_list(m, entity, err);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        if (strcmp(word, changes[i]) == 0)
            return team_change(m, word, entity, argument(m, 2), err);
    return cpm_error_set(err, CPM_EUSAGE, "%s", "");
}

static const char *org_url(struct members *m, const char *org)
{
    return cpm_arena_printf(m->cli->arena, CPM_ENDPOINT_ORG_USER,
                            cpm_net_encode(m->cli->arena, cpm_str(plain(org))));
}

static int org_set(struct members *m, const char *org, const char *user, const char *role,
                   struct cpm_error *err)
{
    struct cpm_json *answer = NULL;
    role = *role ? role : "developer";
    if (strcmp(role, "owner") != 0 && strcmp(role, "admin") != 0 && strcmp(role, "developer") != 0)
        return cpm_error_set(err, CPM_EUNKNOWN,
                             "Third argument `role` must be one of `owner`, `admin`, or "
                             "`developer`, with `developer` being the default value if omitted.");
    struct ask a = {"PUT", org_url(m, org), "user", plain(user), "role", role};
    int rc = ask(m, &a, &answer, err);
    const struct cpm_json *details = cpm_json_get(answer, CPM_STR("org"));
    double size = cpm_json_number(cpm_json_get(details, CPM_STR("size")));
    struct cpm_str name = cpm_json_get_str(details, "name"), who = cpm_json_get_str(answer, "user");
    struct cpm_str as = cpm_json_get_str(answer, "role");
    if (rc == 0 && m->json) {
        cpm_print_json(m->cli->term, cpm_json_copy(answer));
    } else if (rc == 0 && m->parseable) {
        cpm_term_outf(m->cli->term, "org\torgsize\tuser\trole\n%.*s\t%.0f\t%.*s\t%.*s",
                      CPM_STR_ARG(name), size, CPM_STR_ARG(who), CPM_STR_ARG(as));
    } else if (rc == 0 && !m->silent) {
        cpm_term_outf(
            m->cli->term, "Added %.*s as %.*s to %.*s. You now have %.0f member%s in this org.",
            CPM_STR_ARG(who), CPM_STR_ARG(as), CPM_STR_ARG(name), size, size == 1 ? "" : "s");
    }
    cpm_json_free(answer);
    return rc;
}

static int org_rm(struct members *m, const char *org, const char *user, struct cpm_error *err)
{
    struct cpm_json *roster = NULL;
    struct ask a = {"DELETE", org_url(m, org), "user", plain(user), NULL, NULL};
    int rc = ask(m, &a, NULL, err);
    if (rc == 0)
        rc = ask(m, &(struct ask){.url = a.url}, &roster, err);
    size_t left = cpm_json_count(roster);
    cpm_json_free(roster);
    if (rc < 0)
        return rc;
    if (m->json) {
        struct cpm_json *doc = cpm_json_new_object();
        cpm_json_set_str(doc, "user", cpm_str(plain(user)));
        cpm_json_set_str(doc, "org", cpm_str(plain(org)));
        cpm_json_set(doc, CPM_STR("userCount"), cpm_json_new_number((double)left));
        cpm_json_set(doc, CPM_STR("deleted"), cpm_json_new_bool(true));
        cpm_print_json(m->cli->term, doc);
    } else if (m->parseable) {
        cpm_term_outf(m->cli->term, "user\torg\tuserCount\tdeleted\n%s\t%s\t%zu\ttrue", plain(user),
                      plain(org), left);
    } else if (!m->silent) {
        cpm_term_outf(m->cli->term,
                      "Successfully removed %s from %s. You now have %zu member%s in this org.",
                      plain(user), plain(org), left, left == 1 ? "" : "s");
    }
    return 0;
}

static int org_ls(struct members *m, const char *org, const char *only, struct cpm_error *err)
{
    struct cpm_json *roster = NULL;
    size_t n;
    int rc = ask(m, &(struct ask){.url = org_url(m, org)}, &roster, err);
    const char **names = sorted(m, roster, &n);
    struct cpm_json *doc = cpm_json_new_object();
    if (rc == 0 && m->parseable && !m->json)
        cpm_term_out(m->cli->term, CPM_STR("user\trole"));
    for (size_t i = 0; i < n; i++) {
        struct cpm_str role = cpm_json_get_str(roster, names[i]);
        if (*only && strcmp(only, names[i]) != 0)
            continue;
        if (m->json)
            cpm_json_set_str(doc, names[i], role);
        else if (m->parseable || !m->silent)
            cpm_term_outf(m->cli->term, "%s%s%.*s", names[i], m->parseable ? "\t" : " - ",
                          CPM_STR_ARG(role));
    }
    if (rc == 0 && m->json)
        cpm_print_json(m->cli->term, cpm_json_copy(doc));
    cpm_json_free(doc);
    cpm_json_free(roster);
    return rc;
}

static int org(struct members *m, struct cpm_error *err)
{
    const char *word = argument(m, 0), *name = argument(m, 1), *user = argument(m, 2);
    bool sets = strcmp(word, "set") == 0 || strcmp(word, "add") == 0;
    bool takes = strcmp(word, "rm") == 0, lists = strcmp(word, "ls") == 0;
    if (!sets && !takes && !lists)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (!*name)
        return cpm_error_set(err, CPM_EUNKNOWN, "First argument `orgname` is required.");
    if (!*user && !lists)
        return cpm_error_set(err, CPM_EUNKNOWN, "Second argument `username` is required.");
    if (sets)
        return org_set(m, name, user, argument(m, 3), err);
    return takes ? org_rm(m, name, user, err) : org_ls(m, name, user, err);
}

static int run(struct cpm_cli *cli, int (*command)(struct members *, struct cpm_error *),
               struct cpm_error *err)
{
    struct members m = {.cli = cli,
                        .json = cpm_term_json(cli->term),
                        .parseable = cpm_config_bool(cli->config, "parseable"),
                        .silent = cpm_term_level(cli->term) == CPM_LOG_SILENT};
    int rc = cpm_net_open(cli, &m.net, err);
    if (rc == 0)
        rc = command(&m, err);
    cpm_net_close(&m.net);
    return rc;
}

int cpm_cmd_team(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return run(cli, team, err);
}

int cpm_cmd_org(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return run(cli, org, err);
}
