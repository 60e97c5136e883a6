// What builtins tell on diagnostics_channel: nothing is loaded or made until a program has loaded it, and listens.
'use strict';

const loaded = native('loaded');

// make(): the message.
exports.publish = function publish(name, make) {
  const channels = loaded.get('diagnostics_channel')?.exports;
  if (channels?.hasSubscribers?.(name)) channels.channel(name).publish(make());
};
