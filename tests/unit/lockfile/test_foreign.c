/* Other managers' locks: one small project, written by hand as each of them writes it. */
#include "lockfile/foreign.h"
#include "lockfile/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char pnpm[] = "lockfileVersion: '9.0'\n"
                           "\n"
                           "settings:\n"
                           "  autoInstallPeers: true\n"
                           "\n"
                           "importers:\n"
                           "\n"
                           "  .:\n"
                           "    dependencies:\n"
                           "      '@s/a':\n"
                           "        specifier: ^1.0.0\n"
                           "        version: 1.0.0(b@2.0.0)\n"
                           "      al:\n"
                           "        specifier: npm:b@1\n"
                           "        version: b@1.0.0\n"
                           "  packages/w:\n"
                           "    devDependencies:\n"
                           "      p:\n"
                           "        specifier: '*'\n"
                           "        version: link:../..\n"
                           "\n"
                           "packages:\n"
                           "\n"
                           "  '@s/a@1.0.0':\n"
                           "    resolution: {integrity: sha512-aaaa}\n"
                           "    engines: {node: '>= 6', npm: 1 || 2}\n"
                           "    cpu: [x64, arm64]\n"
                           "    deprecated: |-\n"
                           "      two\n"
                           "      lines\n"
                           "    peerDependencies:\n"
                           "      b: 1 || 2\n"
                           "\n"
                           "  b@1.0.0:\n"
                           "    resolution: {integrity: sha512-bbbb}\n"
                           "\n"
                           "  b@2.0.0:\n"
                           "    resolution: {integrity: sha512-cccc}\n"
                           "\n"
                           "snapshots:\n"
                           "\n"
                           "  '@s/a@1.0.0(b@2.0.0)':\n"
                           "    dependencies:\n"
                           "      b: 2.0.0\n"
                           "\n"
                           "  b@1.0.0: {}\n"
                           "\n"
                           "  b@2.0.0: {}\n";
static const char bun[] = "{\n"
                          "  // a comment\n"
                          "  \"lockfileVersion\": 1,\n"
                          "  \"workspaces\": {\n"
                          "    \"\": { \"name\": \"p\", \"dependencies\": { \"@s/a\": \"^1.0.0\", "
                          "\"al\": \"npm:b@1\", }, },\n"
                          "  },\n"
                          "  \"packages\": {\n"
                          "    \"@s/a\": [\"@s/a@1.0.0\", \"\", { \"peerDependencies\": { \"b\": "
                          "\"1 || 2\" } }, \"sha512-aaaa\"],\n"
                          "\n"
                          "    \"@s/a/b\": [\"b@2.0.0\", \"\", {}, \"sha512-cccc\"],\n"
                          "\n"
                          "    \"al\": [\"b@1.0.0\", \"\", {}, \"sha512-bbbb\"],\n"
                          "  }\n"
                          "}\n";
static const char berry[] = "__metadata:\n"
                            "  version: 8\n"
                            "  cacheKey: 10c0\n"
                            "\n"
                            "\"@s/a@npm:^1.0.0\":\n"
                            "  version: 1.0.0\n"
                            "  resolution: \"@s/a@npm:1.0.0\"\n"
                            "  dependencies:\n"
                            "    b: \"npm:1 || 2\"\n"
                            "  checksum: 10c0/aaaa\n"
                            "  languageName: node\n"
                            "  linkType: hard\n"
                            "\n"
                            "\"al@npm:b@1, b@npm:1\":\n"
                            "  version: 1.0.0\n"
                            "  resolution: \"b@npm:1.0.0\"\n"
                            "  languageName: node\n"
                            "  linkType: hard\n"
                            "\n"
                            "? \"b@npm:1 || 2\"\n"
                            ":\n"
                            "  version: 2.0.0\n"
                            "  resolution: \"b@npm:2.0.0\"\n"
                            "  linkType: hard\n"
                            "\n"
                            "\"p@workspace:.\":\n"
                            "  version: 0.0.0-use.local\n"
                            "  resolution: \"p@workspace:.\"\n"
                            "  languageName: unknown\n"
                            "  linkType: soft\n";
static const char yarn1[] = "# yarn lockfile v1\n"
                            "\n"
                            "\n"
                            "\"@s/a@^1.0.0\":\n"
                            "  version \"1.0.0\"\n"
                            "  resolved \"https://registry.example.org/@s/a/-/a-1.0.0.tgz#0000\"\n"
                            "  integrity sha512-aaaa\n"
                            "  dependencies:\n"
                            "    b \"1 || 2\"\n"
                            "\n"
                            "\"al@npm:b@1\":\n"
                            "  version \"1.0.0\"\n"
                            "  resolved \"https://registry.example.org/b/-/b-1.0.0.tgz#0000\"\n"
                            "\n"
                            "\"b@1 || 2\":\n"
                            "  version \"2.0.0\"\n"
                            "  resolved \"https://registry.example.org/b/-/b-2.0.0.tgz#0000\"\n";

struct reading {
    struct cpm_arena arena;
    struct cpm_foreign lock;
    struct cpm_error err;
    int rc;
};

static void read_text(struct reading *r, enum cpm_foreign_kind kind, const char *text)
{
    *r = (struct reading){.arena = CPM_ARENA_INIT};
    r->rc = cpm_foreign_read(kind, cpm_str(text), &r->arena, &r->lock, &r->err);
}

static void release(struct reading *r)
{
    cpm_foreign_release(&r->lock);
    cpm_arena_release(&r->arena);
}

static void expect(const struct reading *r, const char *requirer, const char *name,
                   const char *spec, const char *id)
{
    const struct cpm_foreign_package *p =
        cpm_foreign_find(&r->lock, cpm_str(requirer), cpm_str(name), cpm_str(spec));
    char found[64] = "nothing";

    if (p)
        snprintf(found, sizeof(found), "%.*s@%.*s", CPM_STR_ARG(p->name), CPM_STR_ARG(p->version));
    assert_string_equal(found, id);
}

static void expect_project(enum cpm_foreign_kind kind, const char *text)
{
    struct reading r;

    read_text(&r, kind, text);
    assert_int_equal(r.rc, 0);
    assert_int_equal(r.lock.ids.count, 3);
    expect(&r, "", "@s/a", "^1.0.0", "@s/a@1.0.0");
    expect(&r, "", "al", "npm:b@1", "b@1.0.0");
    expect(&r, "@s/a@1.0.0", "b", "1 || 2", "b@2.0.0");
    expect(&r, "", "nobody", "*", "nothing");
    release(&r);
}

static void the_same_project_is_read_from_each_lock(void **state)
{
    (void)state;
    expect_project(CPM_FOREIGN_PNPM, pnpm);
    expect_project(CPM_FOREIGN_BUN, bun);
    expect_project(CPM_FOREIGN_YARN, berry);
    expect_project(CPM_FOREIGN_YARN, yarn1);
}

static void integrity_comes_with_the_package_where_the_lock_has_it(void **state)
{
    struct reading r;
    const struct cpm_foreign_package *p;

    (void)state;
    read_text(&r, CPM_FOREIGN_PNPM, pnpm);
    p = cpm_foreign_find(&r.lock, cpm_str(""), cpm_str("al"), cpm_str("npm:b@1"));
    assert_true(cpm_str_is(p->integrity, "sha512-bbbb"));
    release(&r);
    read_text(&r, CPM_FOREIGN_YARN, berry);
    p = cpm_foreign_find(&r.lock, cpm_str(""), cpm_str("al"), cpm_str("npm:b@1"));
    assert_int_equal(p->integrity.len, 0);
    release(&r);
}

static void a_link_is_no_package_and_leaves_the_wish_as_it_is(void **state)
{
    struct reading r;

    (void)state;
    read_text(&r, CPM_FOREIGN_PNPM, pnpm);
    expect(&r, "packages/w", "p", "*", "nothing");
    release(&r);
}

static void expect_refusal(enum cpm_foreign_kind kind, const char *text, int code,
                           const char *words)
{
    struct reading r;

    read_text(&r, kind, text);
    assert_int_equal(r.rc, code);
    if (!strstr(r.err.text, words))
        fail_msg("'%s' does not say '%s'", r.err.text, words);
    release(&r);
}

static void what_npm_cannot_express_is_refused_with_a_word(void **state)
{
    (void)state;
    expect_refusal(CPM_FOREIGN_PNPM, "lockfileVersion: '9.0'\npatchedDependencies:\n  a@1.0.0: x\n",
                   CPM_EUNSUPPORTED, "patched");
    expect_refusal(CPM_FOREIGN_PNPM,
                   "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n"
                   "        specifier: 'catalog:'\n        version: 1.0.0\n",
                   CPM_EUNSUPPORTED, "catalog");
    expect_refusal(CPM_FOREIGN_PNPM, "lockfileVersion: 5.4\n", CPM_ELOCKFILEVERSION, "5.4");
    expect_refusal(CPM_FOREIGN_BUN, "{\"packages\": {}, \"catalog\": {\"a\": \"1\"}}",
                   CPM_EUNSUPPORTED, "catalog");
    expect_refusal(CPM_FOREIGN_YARN,
                   "__metadata:\n  version: 8\n\"a@patch:a@npm%3A1#./p.patch\":\n  version: 1.0.0\n"
                   "  resolution: \"a@patch:a@npm%3A1#./p.patch\"\n",
                   CPM_EUNSUPPORTED, "patched");
    expect_refusal(CPM_FOREIGN_YARN, "", CPM_EINVAL, "no package");
}

static int parse(struct cpm_arena *arena, const char *text, struct cpm_yaml **out,
                 struct cpm_error *err)
{
    return cpm_yaml_parse(cpm_str(text), "x.yaml", arena, out, err);
}

static void scalars_are_text_however_they_are_quoted(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_yaml *doc;
    const struct cpm_yaml *list;

    (void)state;
    assert_int_equal(parse(&arena,
                           "a: plain text # comment\n'it''s': \"q\\\"\\n\"\nlist:\n- x\n- 'y z'\n"
                           "flow: {k: [1, 'b, c'], e: {}}\nnull: null\n",
                           &doc, &err),
                     0);
    assert_true(cpm_str_is(cpm_yaml_text(doc, "a"), "plain text"));
    assert_true(cpm_str_is(cpm_yaml_text(doc, "it's"), "q\"\n"));
    list = cpm_yaml_get(doc, "list");
    assert_int_equal(list->type, CPM_YAML_LIST);
    assert_true(cpm_str_is(list->first->next->text, "y z"));
    list = cpm_yaml_get(cpm_yaml_get(doc, "flow"), "k");
    assert_true(cpm_str_is(list->first->next->text, "b, c"));
    assert_true(cpm_str_is(cpm_yaml_text(doc, "null"), ""));
    cpm_arena_release(&arena);
}

static void what_is_not_in_the_subset_is_an_error_with_its_line(void **state)
{
    static const char *const texts[] = {"a: 1\nb: &x 1\n",  "a: 1\nb: {c: 1\n", "a: 1\n  b: 2\n",
                                        "a: 1\nno colon\n", "a: 1\nb: \"x\n",   "a: 1\n- x\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct cpm_arena arena = CPM_ARENA_INIT;
        struct cpm_error err = CPM_ERROR_INIT;
        struct cpm_yaml *doc;

        assert_int_equal(parse(&arena, texts[i], &doc, &err), CPM_EINVAL);
        assert_non_null(strstr(err.text, "x.yaml: line "));
        cpm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_project_is_read_from_each_lock),
        cmocka_unit_test(integrity_comes_with_the_package_where_the_lock_has_it),
        cmocka_unit_test(a_link_is_no_package_and_leaves_the_wish_as_it_is),
        cmocka_unit_test(what_npm_cannot_express_is_refused_with_a_word),
        cmocka_unit_test(scalars_are_text_however_they_are_quoted),
        cmocka_unit_test(what_is_not_in_the_subset_is_an_error_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
