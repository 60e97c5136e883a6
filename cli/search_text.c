/* Highlighting works on the text with the colours it already has, word by word, as npm's does: that
 * is what decides which letters of overlapping words are coloured. Text is sanitised before. */
#include "cli/search_text.h"

#include "cli/paint.h"
#include "cli/term.h"
#include "registry/isotime.h"
#include "registry/registry.h"

#include <regex.h>

#define TEXT_MAX (1u << 20) /* of one result */
#define BLANKS   " \t\n\r\f\v"

struct cpm_str cpm_search_lower(struct cpm_arena *arena, struct cpm_str text)
{
    char *lower = cpm_arena_strndup(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z')
            lower[i] += 'a' - 'A';
    return cpm_str_n(lower, text.len);
}

static struct cpm_str keep(struct cpm_arena *arena, struct cpm_buf *text)
{
    struct cpm_str copy = cpm_arena_str(arena, cpm_buf_str(text));
    cpm_buf_release(text);
    return copy;
}

static struct cpm_str clean(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_buf out = CPM_BUF_INIT(TEXT_MAX);
    cpm_sanitize(&out, text);
    return keep(arena, &out);
}

static bool is_asked_for(const struct cpm_search_style *style, struct cpm_str text)
{
    for (size_t i = 0; i < style->word_count; i++)
        if (cpm_str_eq(style->words[i], text))
            return true;
    return false;
}

/* In `paint`; where a colour of its own ends inside, `paint` begins anew. */
static struct cpm_str color_around(struct cpm_arena *arena, const char *paint, struct cpm_str text)
{
    static const char end[] = "\033[39m";
    struct cpm_buf out = CPM_BUF_INIT(TEXT_MAX);
    size_t at;
    cpm_buf_add_text(&out, paint);
    while ((at = cpm_str_find(text, end)) != CPM_NPOS) {
        cpm_buf_add(&out, text.ptr, at + strlen(end));
        cpm_buf_add_text(&out, paint);
        text = cpm_str_sub(text, at + strlen(end), text.len);
    }
    cpm_buf_add_str(&out, text);
    cpm_buf_add_text(&out, end);
    return keep(arena, &out);
}

static struct cpm_str highlight_word(struct cpm_arena *arena, struct cpm_str text,
                                     struct cpm_str word)
{
    const char *needle = cpm_arena_str(arena, word).ptr;
    struct cpm_str lower = cpm_search_lower(arena, text);
    struct cpm_buf out = CPM_BUF_INIT(TEXT_MAX);
    size_t from = 0, at;
    while ((at = cpm_str_find(cpm_str_sub(lower, from, lower.len), needle)) != CPM_NPOS) {
        cpm_buf_add(&out, text.ptr + from, at);
        cpm_paint(&out, true, CPM_CYAN, cpm_str_sub(text, from + at, word.len));
        from += at + word.len;
    }
    cpm_buf_add_str(&out, cpm_str_sub(text, from, text.len));
    return keep(arena, &out);
}

static struct cpm_str highlight(const struct cpm_search_style *style, struct cpm_str text)
{
    for (size_t i = 0; style->color && i < style->word_count; i++)
        text = highlight_word(style->arena, text, style->words[i]);
    return text;
}

static struct cpm_str paint_name(const struct cpm_search_style *style, struct cpm_str name)
{
    struct cpm_str clean_name = clean(style->arena, name);
    if (!style->color)
        return clean_name;
    return is_asked_for(style, name)
               ? color_around(style->arena, "\033[36m", clean_name)
               : color_around(style->arena, "\033[34m", highlight(style, clean_name));
}

/* The day, in UTC. */
static struct cpm_str date_of(const struct cpm_json *package)
{
    struct cpm_str date = cpm_json_get_str(package, "date");
    return date.len ? cpm_str_sub(date, 0, 10) : CPM_STR("prehistoric");
}

static void add_words(const struct cpm_search_style *style, struct cpm_str word,
                      const char *between, struct cpm_buf *out)
{
    if (out->len)
        cpm_buf_add_text(out, between);
    bool asked = *between == ' ' && is_asked_for(style, word);
    cpm_paint(out, style->color && asked, CPM_CYAN, word);
}

/* A text is taken apart where npm does it: commas stay but for the first run of them. */
static struct cpm_str keywords_of(const struct cpm_search_style *style,
                                  const struct cpm_json *package, const char *between)
{
    const struct cpm_json *keywords = cpm_json_get(package, CPM_STR("keywords"));
    struct cpm_buf out = CPM_BUF_INIT(TEXT_MAX);
    struct cpm_str text = cpm_json_str(keywords);
    size_t run = 0, end;
    if (cpm_json_is(keywords, CPM_JSON_ARRAY))
        CPM_JSON_EACH (keywords, word)
            add_words(style, cpm_json_str(word), between, &out);
    while (run < text.len && !strchr("," BLANKS, text.ptr[run]))
        run++;
    for (end = run; end < text.len && strchr("," BLANKS, text.ptr[end]);)
        end++;
    if (run)
        add_words(style, cpm_str_sub(text, 0, run), between, &out);
    struct cpm_str rest = cpm_str_sub(text, end, text.len), word;
    while (rest.len && cpm_str_split(&rest, ' ', &word))
        add_words(style, word, between, &out);
    return keep(style->arena, &out);
}

static struct cpm_str maintainers_of(struct cpm_arena *arena, const struct cpm_json *package)
{
    struct cpm_buf out = CPM_BUF_INIT(TEXT_MAX);
    CPM_JSON_EACH (cpm_json_get(package, CPM_STR("maintainers")), one) {
        if (out.len)
            cpm_buf_add_char(&out, ' ');
        cpm_buf_add_str(&out, cpm_json_get_str(one, "username"));
    }
    return keep(arena, &out);
}

static void add_published(const struct cpm_search_style *style, const struct cpm_json *package,
                          struct cpm_buf *out)
{
    struct cpm_str by = cpm_json_get_str(cpm_json_get(package, CPM_STR("publisher")), "username");
    cpm_buf_add_text(out, "Version ");
    cpm_paint(out, style->color, CPM_BLUE, cpm_json_get_str(package, "version"));
    cpm_buf_add_text(out, " published ");
    cpm_paint(out, style->color, CPM_BLUE, date_of(package));
    cpm_buf_add_text(out, " by ");
    cpm_paint(out, style->color, by.len ? CPM_BLUE : CPM_YELLOW, by.len ? by : CPM_STR("???"));
    cpm_buf_add_char(out, '\n');
}

void cpm_search_write(const struct cpm_search_style *style, const struct cpm_json *package,
                      struct cpm_buf *out)
{
    struct cpm_arena *arena = style->arena;
    struct cpm_str name = cpm_json_get_str(package, "name");
    struct cpm_str description =
        style->description ? clean(arena, cpm_json_get_str(package, "description")) : CPM_STR_NONE;
    struct cpm_str keywords = keywords_of(style, package, " ");
    cpm_buf_add_str(out, paint_name(style, name));
    cpm_buf_add_char(out, '\n');
    if (description.len) {
        cpm_buf_add_str(out, highlight(style, description));
        cpm_buf_add_char(out, '\n');
    }
    add_published(style, package, out);
    cpm_buf_add_text(out, "Maintainers: ");
    cpm_sanitize(out, maintainers_of(arena, package));
    cpm_buf_add_char(out, '\n');
    if (keywords.len)
        cpm_buf_addf(out, "Keywords: %.*s\n", CPM_STR_ARG(keywords));
    cpm_paint(out, style->color, CPM_BLUE, CPM_CONCAT(arena, CPM_STR(CPM_NPM_SHORT), name));
    cpm_buf_add_char(out, '\n');
}

void cpm_search_write_columns(const struct cpm_search_style *style, const struct cpm_json *package,
                              struct cpm_buf *out)
{
    struct cpm_arena *arena = style->arena;
    struct cpm_search_style plain = {.arena = arena};
    struct cpm_str columns[] = {cpm_json_get_str(package, "name"),
                                cpm_json_get_str(package, "description"), date_of(package),
                                cpm_json_get_str(package, "version")};
    struct cpm_str keywords = keywords_of(&plain, package, ",");
    size_t start = out->len;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        char *text = cpm_arena_strndup(arena, columns[i].ptr, columns[i].len);
        for (char *tab = text; (tab = strchr(tab, '\t'));)
            *tab = ' ';
        if (columns[i].len == 0 || (i == 1 && !style->description))
            continue;
        cpm_buf_add_text(out, out->len > start ? "\t" : "");
        cpm_sanitize(out, cpm_str(text));
    }
    cpm_buf_add_char(out, '\t');
    cpm_buf_add_str(out, keywords);
}

/* What npm looks at: name, maintainers and keywords, in lower case. */
static const char *haystack(struct cpm_arena *arena, const struct cpm_json *package)
{
    const struct cpm_json *keywords = cpm_json_get(package, CPM_STR("keywords"));
    struct cpm_buf text = CPM_BUF_INIT(TEXT_MAX);
    cpm_buf_add_str(&text, cpm_str_trim(cpm_json_get_str(package, "name")));
    struct cpm_str people = maintainers_of(arena, package);
    cpm_buf_addf(&text, "%s%.*s", people.len ? " " : "", CPM_STR_ARG(people));
    if (cpm_json_is(keywords, CPM_JSON_STRING))
        cpm_buf_addf(&text, " %.*s", CPM_STR_ARG(cpm_str_trim(cpm_json_str(keywords))));
    else
        CPM_JSON_EACH (keywords, word)
            cpm_buf_addf(&text, " %.*s", CPM_STR_ARG(cpm_str_trim(cpm_json_str(word))));
    return cpm_search_lower(arena, keep(arena, &text)).ptr;
}

/* A pattern that cannot be read matches nothing. */
static bool matches_pattern(struct cpm_str pattern, const char *text)
{
    struct cpm_buf posix = CPM_BUF_INIT(TEXT_MAX);
    regex_t regex;
    for (size_t i = 0; i < pattern.len; i++) {
        bool digit = pattern.ptr[i] == '\\' && i + 1 < pattern.len && pattern.ptr[i + 1] == 'd';
        if (digit)
            cpm_buf_add_text(&posix, "[0-9]");
        else
            cpm_buf_add_char(&posix, pattern.ptr[i]);
        i += digit;
    }
    bool found = regcomp(&regex, cpm_buf_text(&posix), REG_EXTENDED | REG_NOSUB) == 0;
    cpm_buf_release(&posix);
    if (!found)
        return false;
    found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

bool cpm_search_is_excluded(struct cpm_arena *arena, const struct cpm_json *package,
                            struct cpm_str excludes)
{
    const char *text = haystack(arena, package);
    while (excludes.len) {
        size_t n = 0;
        while (n < excludes.len && !strchr(BLANKS, excludes.ptr[n]))
            n++;
        struct cpm_str word = cpm_str_sub(excludes, 0, n);
        excludes = cpm_str_sub(excludes, n + 1, excludes.len);
        if (n == 0)
            continue;
        if (word.ptr[0] == '/') {
            struct cpm_str inner = cpm_str_sub(word, 1, n - 1 - (n > 1 && cpm_str_ends(word, "/")));
            if (matches_pattern(inner, text))
                return true;
        } else if (strstr(text, cpm_arena_str(arena, word).ptr)) {
            return true;
        }
    }
    return false;
}
