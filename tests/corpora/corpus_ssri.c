/* Drives the cases of ssri: what an integrity text says, which of its hashes counts, and the text
 * of a digest. Have no meaning here:
 * - streams (checkStream, fromStream, integrityStream, create): the same checks on Node's streams;
 * - `strict`, `sep`, `options` and a function that picks the algorithm, which npm never gives;
 * - fromHex of what is no sha1; an object made by hand with an algorithm that node does not offer.
 */
#include "base/digest.h"
#include "base/integrity.h"
#include "corpus.h"

static const struct cpm_json *member(const struct cpm_json *object, const char *key)
{
    return cpm_json_get(object, cpm_str(key));
}

static void add_hash(const struct cpm_json *hash, struct cpm_buf *out)
{
    cpm_buf_addf(out, "%s%.*s-%.*s", out->len ? " " : "",
                 CPM_STR_ARG(cpm_json_get_str(hash, "algorithm")),
                 CPM_STR_ARG(cpm_json_get_str(hash, "digest")));
    CPM_JSON_EACH (member(hash, "options"), option)
        cpm_buf_addf(out, "?%.*s", CPM_STR_ARG(cpm_json_str(option)));
}

/* A text, a Hash or an Integrity, as the text that it stands for. */
static struct cpm_str text_of(struct corpus *c, const struct cpm_json *value)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);

    if (cpm_json_is(value, CPM_JSON_STRING))
        return cpm_json_str(value);
    if (cpm_json_get_str(value, "algorithm").len)
        add_hash(value, &out);
    else
        CPM_JSON_EACH (value, hashes)
            CPM_JSON_EACH (hashes, hash)
                if (cpm_json_is(hashes, CPM_JSON_ARRAY) && cpm_json_get_str(hash, "digest").len)
                    add_hash(hash, &out);
    struct cpm_str text = cpm_arena_str(&c->arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return text;
}

static bool normal_case(struct corpus *c, const struct cpm_json *test)
{
    struct cpm_str text = text_of(c, corpus_at(member(test, "args"), 0));

    return cpm_str_eq(cpm_integrity_normal(&c->arena, text), text_of(c, member(test, "result")));
}

static struct cpm_str data_of(struct corpus *c, const struct cpm_json *value)
{
    struct cpm_str bytes = cpm_json_str(value);
    struct cpm_str base64 = cpm_json_get_str(value, "$base64");

    if (base64.len)
        cpm_base64_decode(&c->arena, base64, &bytes);
    return bytes;
}

static bool check_case(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *args = member(test, "args");
    unsigned char digest[CPM_DIGEST_MAX];
    struct cpm_str data = data_of(c, corpus_at(args, 0)), bytes;
    struct cpm_sri sri;
    bool matches = cpm_sri_parse(text_of(c, corpus_at(args, 1)), &sri);

    if (matches && cpm_digest_of(sri.algo, data, digest, NULL) == 0) {
        struct cpm_str text = cpm_str(cpm_sri_text(&c->arena, sri.algo, digest));

        cpm_base64_decode(&c->arena, cpm_str_sub(text, cpm_str_chr(text, '-') + 1, text.len),
                          &bytes);
        matches = cpm_sri_matches(&sri, digest, bytes.len);
    }
    return matches == cpm_json_truthy(member(test, "result"));
}

static bool digest_case(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *args = member(test, "args");
    const struct cpm_json *names = member(corpus_at(args, 1), "algorithms");
    struct cpm_str data = data_of(c, corpus_at(args, 0)), want = text_of(c, member(test, "result"));
    unsigned char digest[CPM_DIGEST_MAX];
    size_t found = 0;

    for (int algo = CPM_SHA1; algo <= CPM_SHA512; algo++) {
        if (cpm_digest_of((enum cpm_digest_algo)algo, data, digest, NULL) < 0)
            return false;
        const char *text = cpm_sri_text(&c->arena, (enum cpm_digest_algo)algo, digest);
        size_t dash = cpm_str_chr(cpm_str(text), '-');
        size_t asked = !names && algo == CPM_SHA512;

        CPM_JSON_EACH (names, name)
            asked += cpm_str_eq(cpm_json_str(name), cpm_str_n(text, dash));
        if (asked && cpm_str_find(want, text) == CPM_NPOS)
            return false;
        found += asked * (strlen(text) + 1);
    }
    return found == want.len + 1; /* and no other */
}

static enum verdict run_case(struct corpus *c, const struct cpm_json *test)
{
    struct cpm_str fn = cpm_json_get_str(test, "fn");
    const struct cpm_json *args = member(test, "args"), *opts = corpus_at(args, 1);
    bool ok;

    if (cpm_str_is(fn, "checkData")) {
        opts = corpus_at(args, 2);
        if (opts && !cpm_json_count(opts)) /* a function stood there */
            return FOREIGN;
        ok = check_case(c, test);
    } else if (cpm_json_truthy(member(opts, "strict")) || member(opts, "sep") ||
               member(opts, "options") || member(corpus_at(args, 0), "whirlpool")) {
        return FOREIGN;
    } else if (cpm_str_is(fn, "fromData")) {
        ok = digest_case(c, test);
    } else if (cpm_str_is(fn, "parse") || cpm_str_is(fn, "stringify")) {
        ok = normal_case(c, test);
    } else {
        return FOREIGN;
    }
    return ok ? PASSED : FAILED;
}

int corpus_ssri(struct corpus *c)
{
    return corpus_run(c, "libs/ssri.jsonl", run_case) ? 0 : -1;
}
