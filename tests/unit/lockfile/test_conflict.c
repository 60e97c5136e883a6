/* The answers were recorded from npm's parse-conflict-json. */
#include "lockfile/lock_conflict.h"

#include "support.h"

static const struct merge {
    const char *name, *text, *merged; /* NULL: a side is no JSON */
} merges[] = {
    /* clang-format off */
    {"both added, ours first",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\"},\n"
     "<<<<<<< ours\n"
     "    \"node_modules/o\": {\"version\": \"1.0.0\"},\n"
     "=======\n"
     "    \"node_modules/t\": {\"version\": \"1.0.0\"},\n"
     ">>>>>>> theirs\n"
     "    \"node_modules/z\": {\"version\": \"1.0.0\"}\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"version\":\"1.0.0\"},\"node_modules/t\":{\"version\":\"1.0.0\"},\"node_modules/z\":{\"version\":\"1.0.0\"},\"node_modules/o\":{\"version\":\"1.0.0\"}}}"},
    {"both changed, ours wins",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"node_modules/a\": {\n"
     "<<<<<<< ours\n"
     "      \"version\": \"2.0.0\",\n"
     "      \"integrity\": \"sha512-2\"\n"
     "||||||| base\n"
     "      \"version\": \"1.0.0\",\n"
     "      \"integrity\": \"sha512-1\"\n"
     "=======\n"
     "      \"version\": \"3.0.0\",\n"
     "      \"integrity\": \"sha512-3\"\n"
     ">>>>>>> theirs\n"
     "    }\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"version\":\"2.0.0\",\"integrity\":\"sha512-2\"}}}"},
    {"ours removed what theirs changed",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "<<<<<<< ours\n"
     "||||||| base\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\", \"cpu\": [\"x64\", \"arm64\"]},\n"
     "=======\n"
     "    \"node_modules/a\": {\"version\": \"2.0.0\"},\n"
     ">>>>>>> theirs\n"
     "    \"node_modules/z\": {}\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/z\":{}}}"},
    {"ours changed what theirs removed",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "<<<<<<< ours\n"
     "    \"node_modules/a\": {\"version\": \"2.0.0\"},\n"
     "||||||| base\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\", \"dev\": true},\n"
     "=======\n"
     ">>>>>>> theirs\n"
     "    \"node_modules/z\": {}\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/z\":{},\"node_modules/a\":{\"version\":\"2.0.0\"}}}"},
    {"an array got shorter at its front",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"\": {\n"
     "<<<<<<< ours\n"
     "      \"workspaces\": [\"b\", \"c\"]\n"
     "||||||| base\n"
     "      \"workspaces\": [\"a\", \"b\", \"c\"]\n"
     "=======\n"
     "      \"workspaces\": [\"a\", \"b\", \"c\", \"d\"]\n"
     ">>>>>>> theirs\n"
     "    }\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"\":{\"workspaces\":[\"b\",\"c\",\"d\"]}}}"},
    {"an array got shorter at its end",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"\": {\n"
     "<<<<<<< ours\n"
     "      \"workspaces\": [\"a\"]\n"
     "||||||| base\n"
     "      \"workspaces\": [\"a\", \"b\", \"c\"]\n"
     "=======\n"
     "      \"workspaces\": [\"x\", \"b\", \"c\"]\n"
     ">>>>>>> theirs\n"
     "    }\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"\":{\"workspaces\":[\"x\"]}}}"},
    {"an object became an array",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"\": {\n"
     "<<<<<<< ours\n"
     "      \"bin\": [\"x\"]\n"
     "||||||| base\n"
     "      \"bin\": {\"x\": \"y\"}\n"
     "=======\n"
     "      \"bin\": {\"x\": \"z\", \"w\": \"v\"}\n"
     ">>>>>>> theirs\n"
     "    }\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"\":{\"bin\":[\"x\"]}}}"},
    {"the whole file, version and all",
     "<<<<<<< ours\n"
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"node_modules/a\": {\"version\": \"1.1.0\"}\n"
     "  }\n"
     "}\n"
     "||||||| base\n"
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\"}\n"
     "  }\n"
     "}\n"
     "=======\n"
     "{\n"
     "  \"lockfileVersion\": 2,\n"
     "  \"packages\": {\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\"},\n"
     "    \"node_modules/b\": {\"version\": \"1.0.0\"}\n"
     "  }\n"
     "}\n"
     ">>>>>>> theirs\n",
     "{\"lockfileVersion\":2,\"packages\":{\"node_modules/a\":{\"version\":\"1.1.0\"},\"node_modules/b\":{\"version\":\"1.0.0\"}}}"},
    {"a key twice: the last counts",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\"},\n"
     "<<<<<<< ours\n"
     "    \"node_modules/a\": {\"version\": \"2.0.0\"}\n"
     "||||||| base\n"
     "    \"node_modules/b\": {}\n"
     "=======\n"
     "    \"node_modules/c\": {}\n"
     ">>>>>>> theirs\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"version\":\"2.0.0\"},\"node_modules/c\":{}}}"},
    {"byte order mark and CRLF",
     "\xEF\xBB\xBF" "{\r\n"
     "  \"lockfileVersion\": 3,\r\n"
     "  \"packages\": {\r\n"
     "<<<<<<< ours\r\n"
     "    \"node_modules/o\": {}\r\n"
     "||||||| base\r\n"
     "=======\r\n"
     "    \"node_modules/t\": {}\r\n"
     ">>>>>>> theirs\r\n"
     "  }\r\n"
     "}\r\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/t\":{},\"node_modules/o\":{}}}"},
    {"longer markers with a word before them",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "x <<<<<<<<<< ours\n"
     "    \"node_modules/o\": {}\n"
     "|||||||||| base\n"
     "==========\n"
     "    \"node_modules/t\": {}\n"
     ">>>>>>>>>> theirs\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/t\":{},\"node_modules/o\":{}}}"},
    {"names of Object.prototype stay theirs",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "<<<<<<< ours\n"
     "    \"node_modules/a\": {\"bin\": {\"toString\": \"o\", \"x\": \"o\"}}\n"
     "||||||| base\n"
     "    \"node_modules/a\": {\"bin\": {\"toString\": \"b\", \"x\": \"b\"}}\n"
     "=======\n"
     "    \"node_modules/a\": {\"bin\": {\"toString\": \"t\", \"x\": \"t\"}}\n"
     ">>>>>>> theirs\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"bin\":{\"toString\":\"t\",\"x\":\"o\"}}}}"},
    {"the common part ends in a comma",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "    \"node_modules/a\": {},\n"
     "<<<<<<< ours\n"
     "    \"node_modules/o\": {}\n"
     "=======\n"
     "    \"node_modules/t\": {}\n"
     ">>>>>>> theirs\n"
     "  }\n"
     "}\n",
     NULL},
    {"two conflicts",
     "{\n"
     "  \"lockfileVersion\": 3,\n"
     "  \"packages\": {\n"
     "<<<<<<< ours\n"
     "    \"node_modules/a\": {\"version\": \"2.0.0\"},\n"
     "||||||| base\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\"},\n"
     "=======\n"
     "    \"node_modules/a\": {\"version\": \"1.0.0\", \"dev\": true},\n"
     ">>>>>>> theirs\n"
     "    \"node_modules/m\": {},\n"
     "<<<<<<< ours\n"
     "    \"node_modules/z\": {\"dev\": true}\n"
     "||||||| base\n"
     "    \"node_modules/z\": {}\n"
     "=======\n"
     "    \"node_modules/z\": {\"version\": \"1.0.0\"}\n"
     ">>>>>>> theirs\n"
     "  }\n"
     "}\n",
     "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"version\":\"2.0.0\",\"dev\":true},\"node_modules/m\":{},\"node_modules/z\":{\"version\":\"1.0.0\",\"dev\":true}}}"},
    /* clang-format on */
};

static void conflicts_are_merged_as_npm_merges_them(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(merges) / sizeof(merges[0]); i++) {
        struct cpm_error err = CPM_ERROR_INIT;
        struct cpm_str merged = CPM_STR_NONE;
        const char *want = merges[i].merged ? merges[i].merged : "";

        assert_true(cpm_conflict_found(cpm_str(merges[i].text)));
        cpm_conflict_merge(cpm_str(merges[i].text), "package-lock.json", &f->arena, &merged, &err);
        if (!cpm_str_is(merged, want))
            fail_msg("%s:\n%.*s\n%s%s", merges[i].name, CPM_STR_ARG(merged), want, err.text);
    }
}

static void a_text_without_all_three_markers_is_no_conflict(void **state)
{
    (void)state;
    assert_false(cpm_conflict_found(CPM_STR("<<<<<<< =======")));
    assert_false(cpm_conflict_found(CPM_STR("<<<<<< ====== >>>>>>")));
    assert_true(cpm_conflict_found(CPM_STR(">>>>>>> ======= <<<<<<<")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conflicts_are_merged_as_npm_merges_them),
        cmocka_unit_test(a_text_without_all_three_markers_is_no_conflict),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
