/* One hash, as nearly every text is, is told apart without copying. ssri takes any digest text, of
 * whatever length: only the algorithm and the form decide what is a hash. */
#include "base/integrity.h"

#include "base/buf.h"

/* The names without a dash among the hashes that node offers; ssri's pattern takes no others. */
static const char *const algorithms[] = {
    "sha512", "sha1",   "sha256",    "sha384",   "md5",      "sha224",     "sm3",
    "ripemd", "rmd160", "ripemd160", "shake128", "shake256", "blake2b512", "blake2s256",
};

#define ALGORITHM_COUNT (sizeof(algorithms) / sizeof(algorithms[0]))
#define INTEGRITY_MAX   (1u << 20)

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word that is not blank; false at the end. */
static bool next_word(struct cpm_str *rest, struct cpm_str *word)
{
    size_t begin = 0, end;

    while (begin < rest->len && is_blank(rest->ptr[begin]))
        begin++;
    end = begin;
    while (end < rest->len && !is_blank(rest->ptr[end]))
        end++;
    *word = cpm_str_sub(*rest, begin, end - begin);
    *rest = cpm_str_sub(*rest, end, rest->len);
    return word->len > 0;
}

/* ALGORITHM-DIGEST[?options]: the algorithm's index, or -1 for what is none. */
static int hash_algorithm(struct cpm_str word)
{
    size_t dash = cpm_str_chr(word, '-');

    if (dash == CPM_NPOS || dash + 1 == word.len || word.ptr[dash + 1] == '?')
        return -1;
    for (size_t i = 0; i < ALGORITHM_COUNT; i++)
        if (cpm_str_is(cpm_str_sub(word, 0, dash), algorithms[i]))
            return (int)i;
    return -1;
}

static void add_all_of(struct cpm_str text, int algorithm, struct cpm_buf *out)
{
    struct cpm_str word;

    while (next_word(&text, &word))
        if (hash_algorithm(word) == algorithm) {
            if (out->len)
                cpm_buf_add_char(out, ' ');
            cpm_buf_add_str(out, word);
        }
}

static bool is_one_hash(struct cpm_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_blank(text.ptr[i]))
            return false;
    return hash_algorithm(text) >= 0;
}

struct cpm_str cpm_integrity_normal(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_buf out = CPM_BUF_INIT(INTEGRITY_MAX);
    bool done[ALGORITHM_COUNT] = {false};
    struct cpm_str rest = text, word;

    if (is_one_hash(text))
        return text;
    while (next_word(&rest, &word)) {
        int algorithm = hash_algorithm(word);

        if (algorithm >= 0 && !done[algorithm]) {
            done[algorithm] = true;
            add_all_of(text, algorithm, &out);
        }
    }
    text = out.len ? cpm_arena_str(arena, cpm_buf_str(&out)) : CPM_STR("");
    cpm_buf_release(&out);
    return text;
}
