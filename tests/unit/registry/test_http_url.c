/* URLs: who gets which credential, what is shown, and replace-registry-host. */
#include "registry/http_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The token for `url` among entries given as "nerf" texts (each its own token), "" for none. */
static const char *token_for(const char *registry, const char *const *nerfs, const char *url)
{
    struct cpm_registry_options opts = CPM_REGISTRY_OPTIONS_INIT;
    struct cpm_auth_entry entries[4];
    const struct cpm_auth_entry *found;
    struct cpm_http_url parsed;
    size_t n = 0;

    for (; nerfs[n]; n++)
        entries[n] = (struct cpm_auth_entry){.nerf = nerfs[n], .token = nerfs[n]};
    opts.registry = registry;
    opts.auth = entries;
    opts.auth_count = n;
    if (!cpm_http_url_parse(cpm_str(url), &parsed))
        return "no URL";
    found = cpm_auth_find(&opts, &parsed);
    return found ? found->token : "";
}

static const char https[] = "https://registry.example.org/";

static void a_token_covers_its_host_and_path(void **state)
{
    const char *nerfs[] = {"//registry.example.org/team/", NULL};

    (void)state;
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/team/pkg"), nerfs[0]);
    assert_string_equal(token_for(https, nerfs, "https://REGISTRY.example.org/team"), nerfs[0]);
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org:443/team/"),
                        nerfs[0]);
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/teams/pkg"), "");
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/"), "");
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org:8443/team/x"), "");
    assert_string_equal(token_for(https, nerfs, "https://evil.example.org/team/x"), "");
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org.evil.org/team/x"),
                        "");
}

static void the_longest_path_wins(void **state)
{
    const char *nerfs[] = {"//registry.example.org/", "//registry.example.org/team/a/",
                           "//registry.example.org/team/", NULL};

    (void)state;
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/team/a/x"), nerfs[1]);
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/team/b"), nerfs[2]);
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/b"), nerfs[0]);
}

static void a_path_that_climbs_gets_nothing(void **state)
{
    const char *nerfs[] = {"//registry.example.org/team/", NULL};

    (void)state;
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/team/../x"), "");
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/team/%2E%2e/x"), "");
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/team/./x"), "");
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org/team/a..b"),
                        nerfs[0]);
}

static void plain_http_needs_a_registry_configured_there(void **state)
{
    const char *nerfs[] = {"//localhost:4873/", "//registry.example.org/", NULL};

    (void)state;
    assert_string_equal(token_for("http://localhost:4873/", nerfs, "http://localhost:4873/pkg"),
                        nerfs[0]);
    assert_string_equal(token_for(https, nerfs, "http://registry.example.org/pkg"), "");
    assert_string_equal(token_for(https, nerfs, "http://localhost:4873/pkg"), "");
}

static void what_looks_like_a_host_in_the_user_part_is_none(void **state)
{
    const char *nerfs[] = {"//registry.example.org/", NULL};

    (void)state;
    assert_string_equal(token_for(https, nerfs, "https://registry.example.org@evil.org/x"), "");
    assert_string_equal(token_for(https, nerfs, "https://evil.org\\@registry.example.org/x"),
                        "no URL");
    assert_string_equal(token_for(https, nerfs, "https://evil.org#@registry.example.org/"), "");
    assert_string_equal(token_for(https, nerfs, "https://evil.org?@registry.example.org/"), "");
}

static void only_http_and_https_are_urls_here(void **state)
{
    static const char *texts[] = {"file:///etc/passwd", "ftp://host/x",      "//host/x",
                                  "https://",           "https://host:0/",   "https://host:99999/",
                                  "http://a b/",        "http://a/\r\nX: y", ""};
    struct cpm_http_url url;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_false(cpm_http_url_parse(cpm_str(texts[i]), &url));
    assert_true(cpm_http_url_parse(CPM_STR("http://[::1]:4873/x"), &url));
    assert_true(cpm_str_is(url.host, "[::1]"));
    assert_int_equal(url.port, 4873);
}

static void shown_urls_have_no_credentials(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    assert_string_equal(cpm_url_bare(&arena, CPM_STR("https://u:secret@host:8443/a?b#c")),
                        "https://host:8443/a?b");
    assert_string_equal(cpm_url_bare(&arena, CPM_STR("https://host")), "https://host/");
    cpm_arena_release(&arena);
}

static void scoped_names_are_one_path_segment(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    assert_string_equal(cpm_url_name(&arena, CPM_STR("@scope/name")), "@scope%2fname");
    assert_string_equal(cpm_url_name(&arena, CPM_STR("name")), "name");
    cpm_arena_release(&arena);
}

static void the_registrys_host_replaces_by_rule(void **state)
{
    static const struct {
        const char *rule, *registry, *url, *want;
    } rows[] = {
        {"npmjs", "http://localhost:4873/", CPM_DEFAULT_REGISTRY "a/-/a-1.0.0.tgz",
         "http://localhost:4873/a/-/a-1.0.0.tgz"},
        {NULL, "http://localhost:4873/npm/", CPM_DEFAULT_REGISTRY "a/-/a-1.0.0.tgz",
         "http://localhost:4873/npm/a/-/a-1.0.0.tgz"},
        {"npmjs", "http://localhost:4873/", "https://cdn.example.org/a.tgz",
         "https://cdn.example.org/a.tgz"},
        {"never", "http://localhost:4873/", CPM_DEFAULT_REGISTRY "a.tgz",
         CPM_DEFAULT_REGISTRY "a.tgz"},
        {"always", "http://localhost:4873/", "https://cdn.example.org/a.tgz",
         "http://localhost:4873/a.tgz"},
        {"cdn.example.org", "http://localhost:4873/npm", "https://cdn.example.org/npm/a.tgz",
         "http://localhost:4873/npm/a.tgz"},
        {"https://cdn.example.org/old", "http://localhost:4873/new/",
         "https://cdn.example.org/old/a.tgz", "http://localhost:4873/new/a.tgz"},
    };
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(
            cpm_url_replace_host(&arena, rows[i].rule, rows[i].registry, cpm_str(rows[i].url)),
            rows[i].want);
    cpm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_covers_its_host_and_path),
        cmocka_unit_test(the_longest_path_wins),
        cmocka_unit_test(a_path_that_climbs_gets_nothing),
        cmocka_unit_test(plain_http_needs_a_registry_configured_there),
        cmocka_unit_test(what_looks_like_a_host_in_the_user_part_is_none),
        cmocka_unit_test(only_http_and_https_are_urls_here),
        cmocka_unit_test(shown_urls_have_no_credentials),
        cmocka_unit_test(scoped_names_are_one_path_segment),
        cmocka_unit_test(the_registrys_host_replaces_by_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
