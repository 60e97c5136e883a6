/* What programs ask of a session: certificates, keys, sessions to take up again. OpenSSL tells of
 * new sessions and keys while it is at work; they are kept until JavaScript asks for news. */
#include "runtime/native/tls/tls.h"

#include "base/mem.h"
#include "runtime/js.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { MOST_KEYS = 1 << 20, MOST_MATERIAL = 1 << 20, MOST_FINISHED = 128 };

static struct cpm_tls_session *session_of(const SSL *ssl)
{
    return SSL_get_app_data(ssl);
}

static void on_keys(const SSL *ssl, const char *line)
{
    struct cpm_tls_session *s = session_of(ssl);

    if (!s)
        return;
    cpm_buf_add_text(&s->keys, line);
    cpm_buf_add_char(&s->keys, '\n');
}

/* 1: the session is ours to free. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
    struct cpm_tls_session *s = session_of(ssl);

    if (!s || s->made_count == CPM_TLS_MOST_MADE)
        return 0;
    s->made[s->made_count++] = session;
    return 1;
}

/* Below zero: the handshake stops until the context is chosen. */
static int on_choose(SSL *ssl, CPM_UNUSED void *context)
{
    const struct cpm_tls_session *s = session_of(ssl);

    return !s || !s->chooses || s->chosen ? 1 : -1;
}

/* Keeps the protocols that a client offers. */
static int on_hello(SSL *ssl, CPM_UNUSED int *alert, CPM_UNUSED void *context)
{
    struct cpm_tls_session *s = session_of(ssl);
    const unsigned char *bytes;
    size_t len;

    if (!s || !s->chooses || s->offered ||
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &bytes,
                                  &len) != 1 ||
        len <= 2 || len > UINT16_MAX)
        return SSL_CLIENT_HELLO_SUCCESS;
    s->offered_len = (unsigned)len - 2;
    s->offered = cpm_alloc(s->offered_len);
    memcpy(s->offered, bytes + 2, s->offered_len);
    return SSL_CLIENT_HELLO_SUCCESS;
}

void cpm_tls_take_alpn(struct cpm_tls_session *session, JSContextRef ctx, JSValueRef bytes)
{
    struct cpm_js_bytes own;

    if (!cpm_js_bytes(ctx, bytes, &own) || !own.len || own.len > UINT16_MAX)
        return;
    cpm_free(session->alpn);
    session->alpn = cpm_alloc(own.len);
    session->alpn_len = (unsigned)own.len;
    memcpy(session->alpn, own.ptr, own.len);
}

void cpm_tls_listen(struct cpm_tls_session *session, bool server, bool keys)
{
    SSL_CTX *context = SSL_get_SSL_CTX(session->ssl);

    SSL_set_app_data(session->ssl, session);
    cpm_buf_init(&session->keys, MOST_KEYS);
    if (keys)
        SSL_CTX_set_keylog_callback(context, on_keys);
    if (server) {
        SSL_set_cert_cb(session->ssl, on_choose, NULL);
        SSL_CTX_set_client_hello_cb(context, on_hello, NULL);
        return;
    }
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
}

/* (session, context or undefined, protocols or undefined, or null for none of them): goes on with
 * these. */
CPM_JS_FUNCTION(choose)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    SSL_CTX *context = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 1), &cpm_tls_context_kind);

    if (!s)
        return JSValueMakeUndefined(ctx);
    s->chosen = true;
    s->refuses = JSValueIsNull(ctx, cpm_js_arg(ctx, argc, argv, 2));
    cpm_tls_take_alpn(s, ctx, cpm_js_arg(ctx, argc, argv, 2));
    if (context) {
        SSL_CTX_set_alpn_select_cb(context, cpm_tls_on_alpn, NULL);
        SSL_set_SSL_CTX(s->ssl, context);
        SSL_set1_verify_cert_store(s->ssl, SSL_CTX_get_cert_store(context));
        SSL_set_client_CA_list(s->ssl, SSL_dup_CA_list(SSL_CTX_get_client_CA_list(context)));
    }
    return JSValueMakeUndefined(ctx);
}

static JSValueRef der_of(JSContextRef ctx, SSL_SESSION *session)
{
    int len = session ? i2d_SSL_SESSION(session, NULL) : 0;

    if (len <= 0)
        return JSValueMakeUndefined(ctx);
    unsigned char *der = cpm_alloc((size_t)len), *at = der;
    i2d_SSL_SESSION(session, &at);
    return cpm_js_take_bytes(ctx, der, (size_t)len);
}

static JSValueRef copy_of(JSContextRef ctx, const void *bytes, size_t len)
{
    char *copy = len ? cpm_alloc(len) : NULL;

    if (len)
        memcpy(copy, bytes, len);
    return cpm_js_take_bytes(ctx, copy, len);
}

/* (session): [lines of keys or undefined, session, …] since it was last asked; undefined without.
 */
CPM_JS_FUNCTION(news)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    JSValueRef list[1 + CPM_TLS_MOST_MADE];
    size_t count = 1;

    if (!s || (!s->keys.len && !s->made_count))
        return JSValueMakeUndefined(ctx);
    list[0] = s->keys.len ? copy_of(ctx, s->keys.ptr, s->keys.len) : JSValueMakeUndefined(ctx);
    cpm_buf_clear(&s->keys);
    for (unsigned i = 0; i < s->made_count; i++) {
        list[count++] = der_of(ctx, s->made[i]);
        SSL_SESSION_free(s->made[i]);
    }
    s->made_count = 0;
    return JSObjectMakeArray(ctx, count, list, NULL);
}

/* (session): what may be taken up again, or undefined. */
CPM_JS_FUNCTION(session_)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);

    return der_of(ctx, s ? SSL_get_session(s->ssl) : NULL);
}

/* (session): its ticket, or undefined. */
CPM_JS_FUNCTION(ticket)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    SSL_SESSION *session = s ? SSL_get_session(s->ssl) : NULL;
    const unsigned char *bytes = NULL;
    size_t len = 0;

    if (session)
        SSL_SESSION_get0_ticket(session, &bytes, &len);
    return bytes ? copy_of(ctx, bytes, len) : JSValueMakeUndefined(ctx);
}

/* (session, whether the other side's): the last message of the handshake, or undefined. */
CPM_JS_FUNCTION(finished)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    bool theirs = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 1));
    char bytes[MOST_FINISHED];
    size_t len = 0;

    if (s)
        len = theirs ? SSL_get_peer_finished(s->ssl, bytes, sizeof(bytes))
                     : SSL_get_finished(s->ssl, bytes, sizeof(bytes));
    return len ? copy_of(ctx, bytes, len < sizeof(bytes) ? len : sizeof(bytes))
               : JSValueMakeUndefined(ctx);
}

/* The certificates behind `first`: as they were verified, or else as they were sent. */
static void add_issuers(JSContextRef ctx, const SSL *ssl, X509 *cert, JSObjectRef first)
{
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    JSObjectRef last = first;
    X509 *top = cert;

    if (!chain || sk_X509_num(chain) == 0)
        chain = SSL_get_peer_cert_chain(ssl);
    for (int i = 0; chain && i < sk_X509_num(chain); i++) {
        X509 *next = sk_X509_value(chain, i);
        if (X509_cmp(next, cert) == 0 || X509_check_issued(next, top) != X509_V_OK)
            continue;
        JSObjectRef object = JSValueToObject(ctx, cpm_tls_certificate(ctx, next), NULL);
        cpm_js_set(ctx, last, "issuerCertificate", object);
        last = object;
        top = next;
    }
    if (X509_check_issued(top, top) == X509_V_OK)
        cpm_js_set(ctx, last, "issuerCertificate", last);
}

/* (session, with its issuers): the other side's certificate; undefined when it has shown none. Who
 * has issued itself is its own issuerCertificate. */
CPM_JS_FUNCTION(peer)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    X509 *cert = s ? SSL_get1_peer_certificate(s->ssl) : NULL;

    if (!cert)
        return JSValueMakeUndefined(ctx);
    JSValueRef first = cpm_tls_certificate(ctx, cert);
    if (JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 1)))
        add_issuers(ctx, s->ssl, cert, JSValueToObject(ctx, first, NULL));
    X509_free(cert);
    return first;
}

/* (session): this side's certificate, or undefined. */
CPM_JS_FUNCTION(own)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    X509 *cert = s ? SSL_get_certificate(s->ssl) : NULL;

    return cert ? cpm_tls_certificate(ctx, cert) : JSValueMakeUndefined(ctx);
}

/* (session): [type, size, name or undefined] of the client's temporary key, or undefined. */
CPM_JS_FUNCTION(ephemeral)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    EVP_PKEY *key = NULL;
    char name[64] = "";
    size_t len = 0;

    if (!s || SSL_get_peer_tmp_key(s->ssl, &key) != 1)
        return JSValueMakeUndefined(ctx);
    bool dh = EVP_PKEY_get_base_id(key) == EVP_PKEY_DH;
    if (!dh && EVP_PKEY_get_group_name(key, name, sizeof(name), &len) != 1)
        strncpy(name, OBJ_nid2sn(EVP_PKEY_get_id(key)), sizeof(name) - 1);
    const JSValueRef values[] = {cpm_js_text(ctx, dh ? "DH" : "ECDH"),
                                 JSValueMakeNumber(ctx, EVP_PKEY_get_bits(key)),
                                 dh ? JSValueMakeUndefined(ctx) : cpm_js_text(ctx, name)};
    EVP_PKEY_free(key);
    return JSObjectMakeArray(ctx, 3, values, NULL);
}

/* (session): [nid of the key, nid of the digest, …] that both sides can sign with. */
CPM_JS_FUNCTION(sigalgs)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    int count = s ? SSL_get_shared_sigalgs(s->ssl, 0, NULL, NULL, NULL, NULL, NULL) : 0;
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (int i = 0; i < count; i++) {
        int sign = 0, digest = 0;
        SSL_get_shared_sigalgs(s->ssl, i, &sign, &digest, NULL, NULL, NULL);
        JSObjectSetPropertyAtIndex(ctx, list, 2 * (unsigned)i,
                                   cpm_js_text(ctx, sign ? OBJ_nid2sn(sign) : "UNDEF"), NULL);
        JSObjectSetPropertyAtIndex(ctx, list, 2 * (unsigned)i + 1,
                                   cpm_js_text(ctx, digest ? OBJ_nid2sn(digest) : "UNDEF"), NULL);
    }
    return list;
}

/* (session, length, label, context or undefined): bytes, or an error. */
CPM_JS_FUNCTION(export_keys)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    int64_t len = cpm_js_int(ctx, argc, argv, 1);
    struct cpm_js_bytes with = {NULL, 0};
    size_t label_len;
    bool has = cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 3), &with);

    if (!s || len <= 0 || len > MOST_MATERIAL)
        return cpm_js_error(ctx, "Error", "no such material");
    char *label = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 2), &label_len);
    unsigned char *out = cpm_alloc((size_t)len);
    ERR_clear_error();
    int rc = SSL_export_keying_material(s->ssl, out, (size_t)len, label, label_len, with.ptr,
                                        with.len, has);
    cpm_free(label);
    if (rc == 1)
        return cpm_js_take_bytes(ctx, out, (size_t)len);
    cpm_free(out);
    return cpm_tls_error(ctx, "exporting failed");
}

/* (session, size): whether it is one. */
CPM_JS_FUNCTION(max_fragment)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);

    return JSValueMakeBoolean(
        ctx, s && SSL_set_max_send_fragment(s->ssl, (long)cpm_js_int(ctx, argc, argv, 1)) == 1);
}

/* (session): the protocols that the client offers, each behind its length; or undefined. */
CPM_JS_FUNCTION(offered)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);

    return s && s->offered ? copy_of(ctx, s->offered, s->offered_len) : JSValueMakeUndefined(ctx);
}

/* (session): the name that the client has asked for, or undefined. */
CPM_JS_FUNCTION(asked_name)
{
    struct cpm_tls_session *s = cpm_tls_session_arg(ctx, argc, argv);
    const char *name = s ? SSL_get_servername(s->ssl, TLSEXT_NAMETYPE_host_name) : NULL;

    return name ? cpm_js_text(ctx, name) : JSValueMakeUndefined(ctx);
}

const struct cpm_js_method cpm_tls_details[] = {
    {"choose", choose},
    {"news", news},
    {"session", session_},
    {"ticket", ticket},
    {"finished", finished},
    {"peer", peer},
    {"own", own},
    {"ephemeral", ephemeral},
    {"sigalgs", sigalgs},
    {"exportKeys", export_keys},
    {"maxFragment", max_fragment},
    {"askedName", asked_name},
    {"offered", offered},
    {NULL, NULL},
};
