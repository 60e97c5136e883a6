/* What the files of tls share: a context (keys, trust, versions) and a session over two memory
 * BIOs: ciphertext in, ciphertext out. JavaScript moves the bytes. */
#ifndef CPM_RUNTIME_NATIVE_TLS_H
#define CPM_RUNTIME_NATIVE_TLS_H

#include "base/buf.h"
#include "runtime/native/box.h"
#include "runtime/native/tls/certificate.h"

#include <openssl/ssl.h>

enum { CPM_TLS_MOST_MADE = 8, CPM_TLS_TICKET_KEYS = 48 };

/* Beside an SSL_CTX, as its app_data. */
struct cpm_tls_extra {
    unsigned char ticket_keys[CPM_TLS_TICKET_KEYS]; /* tickets.c */
    unsigned alpn_len;
    unsigned char alpn[]; /* the protocols, each name behind its length */
};

/* What is known of a session that runs (details.c); a session is the first argument of each. */
struct cpm_tls_session {
    SSL *ssl;
    BIO *in, *out;                        /* the SSL's own */
    struct cpm_buf keys;                  /* lines of the key log, where one is kept */
    SSL_SESSION *made[CPM_TLS_MOST_MADE]; /* that may be taken up again, and were not told yet */
    unsigned made_count;
    unsigned char *alpn; /* this side's protocols, where they are not the context's; owned */
    unsigned alpn_len;
    unsigned char *offered; /* the client's, where the server chooses; owned */
    unsigned offered_len;
    bool chooses, chosen; /* a server's context by the client's name; whether it was asked for */
    bool refuses;         /* every protocol */
};
struct cpm_tls_session *cpm_tls_session_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[]);
extern const struct cpm_js_method cpm_tls_details[];
void cpm_tls_take_alpn(struct cpm_tls_session *session, JSContextRef ctx, JSValueRef bytes);
void cpm_tls_listen(struct cpm_tls_session *session, bool server, bool keys);
/* Of tls.c: the server's choice of a protocol. */
int cpm_tls_on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                    const unsigned char *theirs, unsigned their_len, void *context);
/* (context, 48 bytes): how its tickets are sealed. */
JSValueRef cpm_tls_ticket_keys(JSContextRef ctx, JSObjectRef callee, JSObjectRef self, size_t argc,
                               const JSValueRef argv[], JSValueRef *exception);

/* Of context.c: an SSL_CTX. */
extern const struct cpm_box_kind cpm_tls_context_kind;
/* (options): a context, or *exception. */
JSValueRef cpm_tls_context(JSContextRef ctx, JSObjectRef callee, JSObjectRef self, size_t argc,
                           const JSValueRef argv[], JSValueRef *exception);
/* The names of protocols as ALPN has them, that a server of this context speaks; or NULL. */
const unsigned char *cpm_tls_context_alpn(const SSL_CTX *context, unsigned *len);

/* The oldest error of this thread in words, the queue emptied; { message, code } of node's. */
JSValueRef cpm_tls_error(JSContextRef ctx, const char *otherwise);

#endif
