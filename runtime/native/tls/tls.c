/* A session between two memory BIOs. feed() takes what the network gave, take() gives what it is to
 * get; between them handshake(), read() and write() do what they can and never wait. */
#include "runtime/native/tls/tls.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/js.h"

#include <limits.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

enum { READ_SIZE = 16 << 10 };
/* What handshake() gives when no error is told. */
enum { WANTS = 0, DONE = 1, CHOOSES = 2 };

static void session_free(void *content)
{
    struct cpm_tls_session *s = content;

    SSL_free(s->ssl);
    while (s->made_count)
        SSL_SESSION_free(s->made[--s->made_count]);
    cpm_buf_release(&s->keys);
    cpm_free(s->alpn);
    cpm_free(s->offered);
    cpm_free(s);
}

static const struct cpm_box_kind session_kind = {"TLSSession", session_free};

struct cpm_tls_session *cpm_tls_session_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[])
{
    return argc ? cpm_box_open(ctx, argv[0], &session_kind) : NULL;
}

JSValueRef cpm_tls_error(JSContextRef ctx, const char *otherwise)
{
    unsigned long code = ERR_get_error();
    char words[256], name[160] = "ERR_SSL_";
    const char *reason = code ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();
    if (code)
        ERR_error_string_n(code, words, sizeof(words));
    JSValueRef error = cpm_js_error(ctx, "Error", "%s", code ? words : otherwise);
    if (!reason)
        return error;
    size_t at = strlen(name);
    for (; *reason && at + 1 < sizeof(name); reason++)
        name[at++] = *reason == ' '                     ? '_'
                     : *reason >= 'a' && *reason <= 'z' ? (char)(*reason - 'a' + 'A')
                                                        : *reason;
    name[at] = '\0';
    JSObjectRef object = JSValueToObject(ctx, error, NULL);
    cpm_js_set(ctx, object, "library", cpm_js_text(ctx, "SSL routines"));
    cpm_js_set(ctx, object, "reason", cpm_js_text(ctx, ERR_reason_error_string(code)));
    cpm_js_set(ctx, object, "code", cpm_js_text(ctx, name));
    return error;
}

/* The server's choice: the first of its own that the client has. */
int cpm_tls_on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                    const unsigned char *theirs, unsigned their_len, CPM_UNUSED void *context)
{
    unsigned len;
    const unsigned char *ours = cpm_tls_context_alpn(SSL_get_SSL_CTX(ssl), &len);
    const struct cpm_tls_session *s = SSL_get_app_data(ssl);

    if (s && s->refuses)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    if (s && s->alpn) {
        ours = s->alpn;
        len = s->alpn_len;
    }
    if (!ours)
        return SSL_TLSEXT_ERR_NOACK;
    int rc = SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_len, ours, len, theirs,
                                   their_len);
    return rc == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* JavaScript looks at the result; here nobody is refused but who gives none where one is wanted. */
static int on_verify(CPM_UNUSED int good, CPM_UNUSED X509_STORE_CTX *store)
{
    return 1;
}

static void resume(struct cpm_tls_session *s, JSContextRef ctx, JSValueRef value)
{
    struct cpm_js_bytes der;

    if (!cpm_js_bytes(ctx, value, &der) || der.len > LONG_MAX)
        return;
    const unsigned char *at = der.ptr;
    SSL_SESSION *old = d2i_SSL_SESSION(NULL, &at, (long)der.len);
    if (old)
        SSL_set_session(s->ssl, old);
    SSL_SESSION_free(old);
    ERR_clear_error();
}

/* (context, whether a server's, servername or undefined, whether the client is to show itself, its
 * protocols or undefined: the context's, a session to take up or undefined, whether the
 * server chooses its context by name, whether keys are logged) */
CPM_JS_FUNCTION(start)
{
    SSL_CTX *context = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &cpm_tls_context_kind);
    bool server = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 1));
    bool ask = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 3));

    if (!context)
        return cpm_js_throw(ctx, exception, "no secure context");
    struct cpm_tls_session *s = cpm_calloc(1, sizeof(*s));
    s->ssl = SSL_new(context);
    s->in = BIO_new(BIO_s_mem());
    s->out = BIO_new(BIO_s_mem());
    SSL_set_bio(s->ssl, s->in, s->out);
    SSL_set_verify(s->ssl, server && !ask ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, on_verify);
    s->chooses = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 6));
    cpm_tls_take_alpn(s, ctx, cpm_js_arg(ctx, argc, argv, 4));
    cpm_tls_listen(s, server, JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 7)));
    if (server) {
        SSL_CTX_set_alpn_select_cb(context, cpm_tls_on_alpn, NULL);
        SSL_set_accept_state(s->ssl);
        return cpm_box_new(ctx, &session_kind, s);
    }
    unsigned len;
    const unsigned char *alpn = cpm_tls_context_alpn(context, &len);
    if (s->alpn)
        SSL_set_alpn_protos(s->ssl, s->alpn, s->alpn_len);
    else if (alpn)
        SSL_set_alpn_protos(s->ssl, alpn, len);
    char *name = cpm_js_arg_utf8(ctx, argc, argv, 2);
    if (name && *name)
        SSL_set_tlsext_host_name(s->ssl, name);
    cpm_free(name);
    resume(s, ctx, cpm_js_arg(ctx, argc, argv, 5));
    SSL_set_connect_state(s->ssl);
    return cpm_box_new(ctx, &session_kind, s);
}

/* (session, bytes) */
CPM_JS_FUNCTION(feed)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    struct cpm_js_bytes bytes;

    if (s && cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &bytes) && bytes.len <= INT_MAX)
        BIO_write(s->in, bytes.ptr, (int)bytes.len);
    return JSValueMakeUndefined(ctx);
}

/* (session): the bytes for the network, or undefined. */
CPM_JS_FUNCTION(take)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    size_t len = s ? BIO_ctrl_pending(s->out) : 0;

    if (len == 0 || len > INT_MAX)
        return JSValueMakeUndefined(ctx);
    char *bytes = cpm_alloc(len);
    BIO_read(s->out, bytes, (int)len);
    return cpm_js_take_bytes(ctx, bytes, len);
}

static bool waits(struct cpm_tls_session *s, int rc)
{
    int error = SSL_get_error(s->ssl, rc);

    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

/* (session): 1 when it is done, 0 when it waits for the other side, 2 when it waits for a context
 * (choose); an error. */
CPM_JS_FUNCTION(handshake)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);

    if (!s)
        return cpm_js_throw(ctx, exception, "no session");
    ERR_clear_error();
    int rc = SSL_do_handshake(s->ssl);
    if (rc == 1)
        return JSValueMakeNumber(ctx, DONE);
    if (SSL_get_error(s->ssl, rc) == SSL_ERROR_WANT_X509_LOOKUP)
        return JSValueMakeNumber(ctx, CHOOSES);
    if (waits(s, rc))
        return JSValueMakeNumber(ctx, WANTS);
    return cpm_tls_error(ctx, "the handshake failed");
}

/* (session): bytes, undefined when none are there yet, null at the end; an error. */
CPM_JS_FUNCTION(read_)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    char *bytes = cpm_alloc(READ_SIZE);

    ERR_clear_error();
    int count = s ? SSL_read(s->ssl, bytes, READ_SIZE) : 0;
    if (count > 0)
        return cpm_js_take_bytes(ctx, cpm_realloc(bytes, (size_t)count, 1), (size_t)count);
    cpm_free(bytes);
    if (!s || SSL_get_error(s->ssl, count) == SSL_ERROR_ZERO_RETURN)
        return JSValueMakeNull(ctx);
    return waits(s, count) ? JSValueMakeUndefined(ctx) : cpm_tls_error(ctx, "reading failed");
}

/* (session, bytes or text): true, or an error. A memory BIO takes all. */
CPM_JS_FUNCTION(write_)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    JSValueRef value = cpm_js_arg(ctx, argc, argv, 1);
    struct cpm_js_bytes bytes;
    char *text = NULL;

    if (JSValueIsString(ctx, value)) {
        text = cpm_js_utf8(ctx, value, &bytes.len);
        bytes.ptr = (unsigned char *)text;
    } else if (!cpm_js_bytes(ctx, value, &bytes)) {
        bytes.len = 0;
    }
    ERR_clear_error();
    size_t wrote = 0, all = 0;
    bool good = s != NULL;
    while (good && all < bytes.len) {
        good = SSL_write_ex(s->ssl, bytes.ptr + all, bytes.len - all, &wrote) == 1;
        all += good ? wrote : 0;
    }
    cpm_free(text);
    return good ? JSValueMakeBoolean(ctx, true) : cpm_tls_error(ctx, "writing failed");
}

/* (session): says goodbye. */
CPM_JS_FUNCTION(shutdown_)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);

    if (s)
        SSL_shutdown(s->ssl);
    ERR_clear_error();
    return JSValueMakeUndefined(ctx);
}

/* (session): [verify's code, its words, protocol, cipher, cipher's standard name, ALPN or false,
 * servername or false, whether the session was resumed] */
CPM_JS_FUNCTION(facts)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);

    if (!s)
        return JSValueMakeUndefined(ctx);
    long code = SSL_get_verify_result(s->ssl);
    const SSL_CIPHER *cipher = SSL_get_current_cipher(s->ssl);
    const unsigned char *alpn;
    unsigned alpn_len;
    SSL_get0_alpn_selected(s->ssl, &alpn, &alpn_len);
    const char *name = SSL_get_servername(s->ssl, TLSEXT_NAMETYPE_host_name);
    const JSValueRef values[] = {
        JSValueMakeNumber(ctx, (double)code),
        cpm_js_text(ctx, X509_verify_cert_error_string(code)),
        cpm_js_text(ctx, SSL_get_version(s->ssl)),
        cpm_js_text(ctx, cipher ? SSL_CIPHER_get_name(cipher) : ""),
        cpm_js_text(ctx, cipher ? SSL_CIPHER_standard_name(cipher) : ""),
        alpn_len ? cpm_js_text_n(ctx, (const char *)alpn, alpn_len)
                 : JSValueMakeBoolean(ctx, false),
        name ? cpm_js_text(ctx, name) : JSValueMakeBoolean(ctx, false),
        JSValueMakeBoolean(ctx, SSL_session_reused(s->ssl)),
    };
    return JSObjectMakeArray(ctx, sizeof(values) / sizeof(*values), values, NULL);
}

__attribute__((visibility("default"))) cpm_native_fn cpm_native_tls;

JSObjectRef cpm_native_tls(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"context", cpm_tls_context},
                                                   {"ticketKeys", cpm_tls_ticket_keys},
                                                   {"start", start},
                                                   {"feed", feed},
                                                   {"take", take},
                                                   {"handshake", handshake},
                                                   {"read", read_},
                                                   {"write", write_},
                                                   {"shutdown", shutdown_},
                                                   {"facts", facts},
                                                   {NULL, NULL}};

    JSObjectRef object = cpm_js_object(rt->ctx, methods);

    cpm_js_add(rt->ctx, object, cpm_tls_details);
    return object;
}
