# readable-stream is the code of an older Node: what later versions do otherwise. (sed -E)
s/: ERR_MULTIPLE_CALLBACK\(\)/: new ERR_MULTIPLE_CALLBACK()/
s/onfinishCallbacks\[i\]\(\)/onfinishCallbacks[i](null)/
s#\(options && options\.defaultEncoding\) \|\| 'utf8'#(options \&\& options.defaultEncoding \&\& require('internal/validators').knownEncoding(options.defaultEncoding)) || 'utf8'#
s/^    const ret = dest\.write\(chunk\)$/    let ret\n    try { ret = dest.write(chunk) } catch (error) { return void dest.destroy(error) }/
s/= 16 \* 1024/= 64 * 1024/
s/^    cb\(\)$/    cb(null)/
s/^    if \(!encoding\) encoding = state\.defaultEncoding$/    if (!encoding) encoding = state.objectMode ? encoding : state.defaultEncoding/
s/Stream\._isUint8Array\(chunk\)/ArrayBuffer.isView(chunk)/
s/\['string', 'Buffer', 'Uint8Array'\]/['string', 'Buffer', 'TypedArray', 'DataView']/
s/^    \(writableFinished \|\| isWritable\(stream\) === false\)$/    (writableFinished || isWritable(stream) === false) \&\& !(wState?.pendingcb > 0)/
