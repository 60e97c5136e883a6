/* llhttp under a JavaScript object. One reads a connection's bytes either from JavaScript (execute)
 * or, without a detour, from the stream itself (consume).
 *
 * A message's head crosses as one text, its fields parted by line feeds, which no field can hold:
 * JavaScript cuts it when somebody looks at a header. A message without a body is one call. The
 * callbacks, in this order: head(text, bits, method or status), body(bytes), end(trailers),
 * head() answers as llhttp's on_headers_complete:
 * 1 that no body follows, 2 that no message does either. read(status, rest): a stream's error or
 * end, an error of parsing, or bytes that made no call. */
#include "base/buf.h"
#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/js.h"
#include "runtime/loop.h"
#include "runtime/native/handle.h"

#include <llhttp.h>
#include <string.h>

enum { READ_SIZE = 64 << 10, DEFAULT_HEAD = 16 << 10, LARGEST_HEAD = 1 << 30 };
enum { ON_HEAD, ON_BODY, ON_END, ON_READ, CALLBACKS };
/* The bits that head() is told. */
enum { KEEP_ALIVE = 1, UPGRADE = 2, COMPLETE = 4, MINOR_SHIFT = 8, MAJOR_SHIFT = 12 };

struct parser {
    llhttp_t http; /* first: found from llhttp's pointer */
    struct cpm_runtime *rt;
    JSObjectRef self;
    JSObjectRef calls[CALLBACKS]; /* kept alive by `self` */
    struct cpm_buf head;
    uint64_t begun; /* when this message began, in the loop's time; 0 between two */
    size_t value;   /* where the value that is read begins in `head` */
    size_t head_max;
    JSValueRef error;  /* what a callback of execute() threw */
    bool headers_done; /* of the message that is read */
    bool deferred;     /* its head is told with its end */
    bool from_loop;    /* not from execute() */
    bool called;       /* a callback, since the last bytes */
};

static struct parser *parser_of(JSObjectRef self)
{
    return self ? JSObjectGetPrivate(self) : NULL;
}

/* NULL when it threw: kept for execute(), told by the loop otherwise. */
static JSValueRef tell(struct parser *p, int which, size_t argc, const JSValueRef argv[])
{
    JSObjectRef fn = p->calls[which];

    p->called = true;
    if (p->from_loop)
        return cpm_loop_step(p->rt, fn, p->self, argc, argv);
    JSValueRef value = JSObjectCallAsFunction(p->rt->ctx, fn, p->self, argc, argv, &p->error);
    return p->error ? NULL : value;
}

static JSValueRef take_head(struct parser *p)
{
    JSValueRef text =
        cpm_js_latin1(p->rt->ctx, (const unsigned char *)cpm_buf_text(&p->head), p->head.len);

    cpm_buf_clear(&p->head);
    return text;
}

static int tell_head(struct parser *p, int bits)
{
    llhttp_t *http = &p->http;
    JSContextRef ctx = p->rt->ctx;

    bits |= (llhttp_should_keep_alive(http) ? KEEP_ALIVE : 0) | (http->upgrade ? UPGRADE : 0) |
            http->http_minor << MINOR_SHIFT | http->http_major << MAJOR_SHIFT;
    const JSValueRef argv[] = {
        take_head(p), JSValueMakeNumber(ctx, bits),
        JSValueMakeNumber(ctx, http->type == HTTP_REQUEST ? http->method : http->status_code)};
    JSValueRef answer = tell(p, ON_HEAD, 3, argv);
    if (!answer)
        return -1;
    return (int)cpm_js_number(ctx, answer, 0);
}

static int add(struct parser *p, const char *at, size_t len)
{
    if (p->head.len + len >= p->head_max) {
        llhttp_set_error_reason(&p->http, "HPE_HEADER_OVERFLOW:Header overflow");
        return HPE_USER;
    }
    cpm_buf_add(&p->head, at, len);
    return 0;
}

static int on_begin(llhttp_t *http)
{
    struct parser *p = (struct parser *)http;

    cpm_buf_clear(&p->head);
    p->begun = uv_now(&p->rt->loop);
    p->headers_done = p->deferred = false;
    return 0;
}

static int on_text(llhttp_t *http, const char *at, size_t len)
{
    return add((struct parser *)http, at, len);
}

static int on_text_end(llhttp_t *http)
{
    struct parser *p = (struct parser *)http;

    cpm_buf_add_char(&p->head, '\n');
    p->value = p->head.len;
    return 0;
}

static int on_value_end(llhttp_t *http)
{
    struct parser *p = (struct parser *)http;

    while (p->head.len > p->value && strchr(" \t", p->head.ptr[p->head.len - 1]))
        p->head.len--;
    return on_text_end(http);
}

static int on_headers(llhttp_t *http)
{
    struct parser *p = (struct parser *)http;

    p->headers_done = true;
    if (http->type == HTTP_REQUEST && !http->upgrade && http->content_length == 0 &&
        !(http->flags & F_TRANSFER_ENCODING)) {
        p->deferred = true;
        return 0;
    }
    int answer = tell_head(p, 0);
    if (answer == 0 && http->type == HTTP_REQUEST)
        http->upgrade = 0; /* nobody takes it: a request like another */
    return answer < 0 ? HPE_USER : answer;
}

static int on_body(llhttp_t *http, const char *at, size_t len)
{
    struct parser *p = (struct parser *)http;
    char *copy = cpm_alloc(len);

    memcpy(copy, at, len);
    const JSValueRef argv[] = {cpm_js_take_bytes(p->rt->ctx, copy, len)};
    return tell(p, ON_BODY, 1, argv) ? 0 : HPE_USER;
}

/* Bounds what trailers and extensions of chunks take, too. */
static int on_chunk(llhttp_t *http)
{
    cpm_buf_clear(&((struct parser *)http)->head);
    return 0;
}

static int on_complete(llhttp_t *http)
{
    struct parser *p = (struct parser *)http;
    bool deferred = p->deferred;

    p->begun = 0;
    p->deferred = false;
    if (deferred)
        return tell_head(p, COMPLETE) < 0 ? HPE_USER : 0;
    const JSValueRef argv[] = {p->head.len ? take_head(p) : JSValueMakeUndefined(p->rt->ctx)};
    return tell(p, ON_END, 1, argv) ? 0 : HPE_USER;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_begin,
    .on_url = on_text,
    .on_url_complete = on_text_end,
    .on_status = on_text,
    .on_status_complete = on_text_end,
    .on_header_field = on_text,
    .on_header_field_complete = on_text_end,
    .on_header_value = on_text,
    .on_header_value_complete = on_value_end,
    .on_headers_complete = on_headers,
    .on_body = on_body,
    .on_chunk_header = on_chunk,
    .on_message_complete = on_complete,
};

/* { code, reason, bytesParsed } of where parsing stopped. */
static JSValueRef failure(struct parser *p, size_t parsed)
{
    JSContextRef ctx = p->rt->ctx;
    llhttp_errno_t code = llhttp_get_errno(&p->http);
    const char *name = llhttp_errno_name(code), *reason = llhttp_get_error_reason(&p->http);
    const char *colon = code == HPE_USER && reason ? strchr(reason, ':') : NULL;
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);

    cpm_js_set(ctx, out, "code",
               colon ? cpm_js_text_n(ctx, reason, (size_t)(colon - reason))
                     : cpm_js_text(ctx, name));
    cpm_js_set(ctx, out, "reason", cpm_js_text(ctx, colon ? colon + 1 : reason ? reason : ""));
    cpm_js_set(ctx, out, "bytesParsed", JSValueMakeNumber(ctx, (double)parsed));
    return out;
}

/* How many bytes were read: fewer when the connection is upgraded; or what went wrong. */
static JSValueRef parse(struct parser *p, const char *bytes, size_t len)
{
    llhttp_errno_t rc = bytes ? llhttp_execute(&p->http, bytes, len) : llhttp_finish(&p->http);
    size_t parsed = len;

    if (rc != HPE_OK) {
        const char *at = llhttp_get_error_pos(&p->http);
        parsed = at && bytes ? (size_t)(at - bytes) : 0;
        if (rc != HPE_PAUSED_UPGRADE)
            return failure(p, parsed);
        llhttp_resume_after_upgrade(&p->http);
    }
    return JSValueMakeNumber(p->rt->ctx, (double)parsed);
}

static void on_alloc(uv_handle_t *handle, CPM_UNUSED size_t hint, uv_buf_t *out)
{
    struct cpm_runtime *rt = ((struct cpm_handle *)handle)->rt;

    if (!rt->scratch)
        rt->scratch = cpm_alloc(READ_SIZE);
    *out = uv_buf_init(rt->scratch, READ_SIZE);
}

/* The bytes that stand behind an upgrade, or all that came with a fault. */
static JSValueRef rest_of(struct parser *p, const char *bytes, size_t len, JSValueRef status)
{
    size_t from = (size_t)cpm_js_number(p->rt->ctx, status, 0);

    if (from >= len)
        return JSValueMakeUndefined(p->rt->ctx);
    char *copy = cpm_alloc(len - from);
    memcpy(copy, bytes + from, len - from);
    return cpm_js_take_bytes(p->rt->ctx, copy, len - from);
}

static void on_bytes(struct parser *p, const char *bytes, size_t len)
{
    JSContextRef ctx = p->rt->ctx;

    p->called = false;
    p->from_loop = true;
    JSValueRef status = parse(p, bytes, len);
    if (!p->called || JSValueIsObject(ctx, status) || p->http.upgrade) {
        const JSValueRef argv[] = {status, rest_of(p, bytes, len, status)};
        tell(p, ON_READ, 2, argv);
    }
    p->from_loop = false;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct cpm_handle *handle = (struct cpm_handle *)stream;
    struct cpm_runtime *rt = handle->rt;
    struct parser *p = handle->reader;
    JSObjectRef self = p->self;

    if (count == 0 || rt->stopping)
        return;
    JSValueProtect(rt->ctx, self); /* a callback may let go of it */
    if (count > 0) {
        on_bytes(p, buf->base, (size_t)count);
    } else {
        const JSValueRef argv[] = {JSValueMakeNumber(rt->ctx, (double)count)};
        cpm_loop_step(rt, p->calls[ON_READ], self, 1, argv);
    }
    cpm_loop_settle(rt);
    JSValueUnprotect(rt->ctx, self);
}

/* (bytes): as parse(). */
CPM_JS_FUNCTION(execute)
{
    struct parser *p = parser_of(self);
    struct cpm_js_bytes bytes;

    if (!p || !cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &bytes))
        return JSValueMakeUndefined(ctx);
    bool from_loop = p->from_loop;
    p->from_loop = false;
    p->error = NULL;
    /* JavaScript may change its bytes while callbacks run; the parser must not mind. */
    char *copy = cpm_alloc(bytes.len + 1);
    memcpy(copy, bytes.ptr, bytes.len);
    JSValueRef status = parse(p, copy, bytes.len);
    cpm_free(copy);
    p->from_loop = from_loop;
    if (p->error)
        *exception = p->error;
    return status;
}

/* The connection has ended: undefined, or what went wrong. */
CPM_JS_FUNCTION(finish)
{
    struct parser *p = parser_of(self);

    if (!p)
        return JSValueMakeUndefined(ctx);
    p->error = NULL;
    JSValueRef status = parse(p, NULL, 0);
    if (p->error)
        *exception = p->error;
    return JSValueIsObject(ctx, status) ? status : JSValueMakeUndefined(ctx);
}

/* (handle): its bytes come here from now on. The handle keeps the parser alive. */
CPM_JS_FUNCTION(consume)
{
    struct parser *p = parser_of(self);
    JSValueRef object = cpm_js_arg(ctx, argc, argv, 0);
    uv_stream_t *stream = p ? cpm_stream_of(ctx, object) : NULL;

    if (!stream)
        return JSValueMakeBoolean(ctx, false);
    struct cpm_handle *handle = (struct cpm_handle *)stream;
    cpm_js_set(ctx, handle->object, "parser", self);
    handle->alloc = on_alloc;
    handle->read = on_read;
    handle->reader = p;
    return JSValueMakeBoolean(ctx, true);
}

/* (handle): its bytes go to its onread again. */
CPM_JS_FUNCTION(unconsume)
{
    uv_stream_t *stream = cpm_stream_of(ctx, cpm_js_arg(ctx, argc, argv, 0));
    struct cpm_handle *handle = (struct cpm_handle *)stream;

    if (handle && handle->reader && handle->reader == parser_of(self)) {
        handle->alloc = NULL;
        handle->read = NULL;
    }
    return JSValueMakeUndefined(ctx);
}

/* [milliseconds since the message that is read began, or -1; whether its head is read] */
CPM_JS_FUNCTION(age)
{
    struct parser *p = parser_of(self);
    double ms = p && p->begun ? (double)(uv_now(&p->rt->loop) - p->begun) : -1;
    const JSValueRef values[] = {JSValueMakeNumber(ctx, ms),
                                 JSValueMakeBoolean(ctx, p && p->headers_done)};

    return JSObjectMakeArray(ctx, 2, values, NULL);
}

static void on_parser_gone(JSObjectRef self)
{
    struct parser *p = JSObjectGetPrivate(self);

    cpm_buf_release(&p->head);
    cpm_free(p);
}

static JSClassRef parser_class(void)
{
    static const JSStaticFunction functions[] = {
        {"execute", execute, kJSPropertyAttributeDontEnum},
        {"finish", finish, kJSPropertyAttributeDontEnum},
        {"consume", consume, kJSPropertyAttributeDontEnum},
        {"unconsume", unconsume, kJSPropertyAttributeDontEnum},
        {"age", age, kJSPropertyAttributeDontEnum},
        {NULL, NULL, 0},
    };
    JSClassDefinition definition = kJSClassDefinitionEmpty;

    definition.className = "HTTPParser";
    definition.staticFunctions = functions;
    definition.finalize = on_parser_gone;
    return JSClassCreate(&definition);
}

static void make_lenient(llhttp_t *http)
{
    llhttp_set_lenient_headers(http, 1);
    llhttp_set_lenient_chunked_length(http, 1);
    llhttp_set_lenient_keep_alive(http, 1);
    llhttp_set_lenient_transfer_encoding(http, 1);
}

/* (whether of responses, most bytes of a head, lenient, [head, body, end, read]) */
CPM_JS_FUNCTION(new_parser)
{
    struct parser *p = cpm_calloc(1, sizeof(*p));
    bool responses = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0));
    int64_t most = cpm_js_int(ctx, argc, argv, 1);
    JSValueRef calls = cpm_js_arg(ctx, argc, argv, 3);
    JSClassRef class = parser_class();

    p->rt = cpm_runtime_current();
    p->self = JSObjectMake(ctx, class, p);
    JSClassRelease(class);
    p->head_max = most > 0 && most < LARGEST_HEAD ? (size_t)most : DEFAULT_HEAD;
    cpm_buf_init(&p->head, 2 * p->head_max + READ_SIZE);
    cpm_js_set(ctx, p->self, "calls", calls);
    for (unsigned i = 0; i < CALLBACKS; i++)
        p->calls[i] = JSValueToObject(
            ctx, JSObjectGetPropertyAtIndex(ctx, JSValueToObject(ctx, calls, NULL), i, NULL), NULL);
    llhttp_init(&p->http, responses ? HTTP_RESPONSE : HTTP_REQUEST, &settings);
    if (JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 2)))
        make_lenient(&p->http);
    p->begun = uv_now(&p->rt->loop);
    return p->self;
}

__attribute__((visibility("default"))) cpm_native_fn cpm_native_http;

JSObjectRef cpm_native_http(struct cpm_runtime *rt)
{
    static const struct cpm_js_method functions[] = {{"parser", new_parser}, {NULL, NULL}};
    static const char *const names[] = {
#define METHOD(number, name, text) [number] = #text,
        HTTP_METHOD_MAP(METHOD)
#undef METHOD
    };
    JSObjectRef object = cpm_js_object(rt->ctx, functions);
    JSObjectRef methods = JSObjectMakeArray(rt->ctx, 0, NULL, NULL);

    for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
        JSObjectSetPropertyAtIndex(rt->ctx, methods, i, cpm_js_text(rt->ctx, names[i]), NULL);
    cpm_js_set(rt->ctx, object, "methods", methods);
    return object;
}
