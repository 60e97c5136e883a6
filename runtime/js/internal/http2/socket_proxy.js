// What programs see of a session's socket: its bytes are the session's alone.
'use strict';

const { codes } = require('internal/http2/errors');

const FORBIDDEN = new Set(['destroy', 'emit', 'end', 'pause', 'read', 'resume', 'write', 'setEncoding', 'setKeepAlive', 'setNoDelay']);
const OF_SESSION = new Set(['setTimeout', 'ref', 'unref']);

// socketOf(session): undefined when it has none any more.
function handlerOf(socketOf) {
  const need = (session) => {
    const socket = socketOf(session);
    if (socket === undefined) throw new codes.ERR_HTTP2_SOCKET_UNBOUND();
    return socket;
  };
  return {
    get(session, name) {
      if (OF_SESSION.has(name)) return session[name].bind(session);
      if (FORBIDDEN.has(name)) throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      const socket = need(session);
      const value = socket[name];
      return typeof value === 'function' ? value.bind(socket) : value;
    },
    has: (session, name) => Reflect.has(need(session), name),
    getPrototypeOf: (session) => Reflect.getPrototypeOf(need(session)),
    set(session, name, value) {
      if (OF_SESSION.has(name)) session[name] = value;
      else if (FORBIDDEN.has(name)) throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      else need(session)[name] = value;
      return true;
    },
  };
}

module.exports = { proxyOf: (session, socketOf) => new Proxy(session, handlerOf(socketOf)) };
