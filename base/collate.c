/* ICU's root order for ASCII, as a table of primary weights; 0 is "ignored". Letters of both cases
 * share a weight, and case only decides between texts that are otherwise equal: the first place
 * where it differs, lower before upper. Bytes over ASCII weigh more than letters, and UTF-8's byte
 * order is that of code points. (npm would ask ICU there: docs/lockfile.md names the difference.)
 */
#include "base/collate.h"

#define P(c, weight) [(unsigned char)(c)] = (weight)
/* A letter and its capital. */
#define L(c, weight) P(c, weight), P((c)-0x20, weight)

static const unsigned char primary[128] = {
    P('\t', 1),  P('\n', 2), P('\v', 3), P('\f', 4), P('\r', 5),  P(' ', 6),  P('_', 7),
    P('-', 8),   P(',', 9),  P(';', 10), P(':', 11), P('!', 12),  P('?', 13), P('.', 14),
    P('\'', 15), P('"', 16), P('(', 17), P(')', 18), P('[', 19),  P(']', 20), P('{', 21),
    P('}', 22),  P('@', 23), P('*', 24), P('/', 25), P('\\', 26), P('&', 27), P('#', 28),
    P('%', 29),  P('`', 30), P('^', 31), P('+', 32), P('<', 33),  P('=', 34), P('>', 35),
    P('|', 36),  P('~', 37), P('$', 38), P('0', 39), P('1', 40),  P('2', 41), P('3', 42),
    P('4', 43),  P('5', 44), P('6', 45), P('7', 46), P('8', 47),  P('9', 48), L('a', 49),
    L('b', 50),  L('c', 51), L('d', 52), L('e', 53), L('f', 54),  L('g', 55), L('h', 56),
    L('i', 57),  L('j', 58), L('k', 59), L('l', 60), L('m', 61),  L('n', 62), L('o', 63),
    L('p', 64),  L('q', 65), L('r', 66), L('s', 67), L('t', 68),  L('u', 69), L('v', 70),
    L('w', 71),  L('x', 72), L('y', 73), L('z', 74),
};

static unsigned weight_of(unsigned char c)
{
    return c < 128 ? primary[c] : c;
}

/* The next byte that counts, or '\0' at the end (NUL itself is ignored). */
static unsigned char next_weighty(const unsigned char **p, const unsigned char *end)
{
    while (*p < end) {
        unsigned char c = *(*p)++;

        if (weight_of(c))
            return c;
    }
    return '\0';
}

/* Names mostly begin alike, and paths more so. */
static void skip_alike(const unsigned char **p, const unsigned char *p_end, const unsigned char **q,
                       const unsigned char *q_end)
{
    uint64_t a, b;

    while (p_end - *p >= 8 && q_end - *q >= 8) {
        memcpy(&a, *p, 8);
        memcpy(&b, *q, 8);
        if (a != b)
            break;
        *p += 8;
        *q += 8;
    }
    while (*p < p_end && *q < q_end && **p == **q) {
        ++*p;
        ++*q;
    }
}

int cpm_collate(struct cpm_str a, struct cpm_str b)
{
    const unsigned char *p = (const unsigned char *)(a.ptr ? a.ptr : ""), *p_end = p + a.len;
    const unsigned char *q = (const unsigned char *)(b.ptr ? b.ptr : ""), *q_end = q + b.len;
    int by_case = 0;

    skip_alike(&p, p_end, &q, q_end);
    for (;;) {
        unsigned char c = next_weighty(&p, p_end), d = next_weighty(&q, q_end);
        unsigned wc = weight_of(c), wd = weight_of(d);

        if (wc != wd)
            return wc < wd ? -1 : 1;
        if (!c)
            return by_case;
        if (c != d && !by_case)
            by_case = c > d ? -1 : 1; /* 'a' is the greater byte and comes first */
    }
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* The number whose first digit stands right before *p, without leading zeros. */
static struct cpm_str number_at(const unsigned char **p, const unsigned char *end)
{
    const unsigned char *from = *p - 1;

    while (*p < end && is_digit(**p))
        (*p)++;
    while (from + 1 < *p && *from == '0')
        from++;
    return cpm_str_n((const char *)from, (size_t)(*p - from));
}

static int compare_numbers(struct cpm_str a, struct cpm_str b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return memcmp(a.ptr, b.ptr, a.len);
}

int cpm_collate_numeric(struct cpm_str a, struct cpm_str b)
{
    const unsigned char *p = (const unsigned char *)(a.ptr ? a.ptr : ""), *p_end = p + a.len;
    const unsigned char *q = (const unsigned char *)(b.ptr ? b.ptr : ""), *q_end = q + b.len;
    int by_case = 0, order;

    for (;;) {
        unsigned char c = next_weighty(&p, p_end), d = next_weighty(&q, q_end);
        unsigned wc = weight_of(c), wd = weight_of(d);

        if (is_digit(c) && is_digit(d)) {
            if ((order = compare_numbers(number_at(&p, p_end), number_at(&q, q_end))) != 0)
                return order;
            continue;
        }
        if (wc != wd)
            return wc < wd ? -1 : 1;
        if (!c)
            return by_case;
        if (c != d && !by_case)
            by_case = c > d ? -1 : 1;
    }
}

uint64_t cpm_collate_head(struct cpm_str text)
{
    const unsigned char *p = (const unsigned char *)(text.ptr ? text.ptr : ""), *end = p + text.len;
    uint64_t head = 0;

    for (int i = 0; i < 8; i++)
        head = head << 8 | weight_of(next_weighty(&p, end));
    return head;
}
