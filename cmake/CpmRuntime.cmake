# The runtime is a shared object that cpm loads when JavaScript must run: LIBDIR/cpm/cpm-runtime.so, and beside it
# bin/node, which is cpm under the name that makes it act as node. Where the engine's headers are missing it is left out.
pkg_check_modules(JSC IMPORTED_TARGET javascriptcoregtk-4.1)
if(NOT JSC_FOUND)
  message(STATUS "no javascriptcoregtk-4.1: the runtime is left out (install libjavascriptcoregtk-4.1-dev)")
  return()
endif()

# Exported with C linkage, declared in no installed header (runtime/engine.c declares them).
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::JSC)
foreach(symbol JSLock JSUnlock JSGlobalContextSetUnhandledRejectionCallback JSScriptCreateReferencingImmortalASCIIText
    JSScriptEvaluate JSScriptRelease JSConfigureSignalForGC JSGetMemoryUsageStatistics JSObjectGetProxyTarget
    JSContextGroupSetExecutionTimeLimit)
  check_c_source_compiles("void ${symbol}(void); int main(void) { ${symbol}(); return 0; }" CPM_HAVE_${symbol})
  if(NOT CPM_HAVE_${symbol})
    message(STATUS "this JavaScriptCore does not export ${symbol}: the runtime is left out")
    return()
  endif()
endforeach()
unset(CMAKE_REQUIRED_LIBRARIES)

# Compiled code is kept where the engine of the build takes it as runtime/bytecode.c hands it over; the runtime asks the
# running engine whether it is that one. Every run of cmake asks anew: the system may have got another.
set(CPM_BYTECODE_ENGINE 0)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT CMAKE_CROSSCOMPILING)
  unset(CPM_BYTECODE_WORKS CACHE)
  try_run(CPM_BYTECODE_WORKS CPM_BYTECODE_BUILDS ${PROJECT_BINARY_DIR}/bytecode-probe
    SOURCES ${PROJECT_SOURCE_DIR}/cmake/bytecode_probe.c ${PROJECT_SOURCE_DIR}/runtime/bytecode.c ${PROJECT_SOURCE_DIR}/runtime/bytecode_try.c
      ${PROJECT_SOURCE_DIR}/base/mem.c
    CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${PROJECT_SOURCE_DIR}" COMPILE_DEFINITIONS -D_GNU_SOURCE -std=gnu11
    LINK_LIBRARIES PkgConfig::JSC ${CMAKE_DL_LIBS} RUN_OUTPUT_VARIABLE CPM_BYTECODE_SAYS)
  if(CPM_BYTECODE_BUILDS AND CPM_BYTECODE_WORKS EQUAL 0 AND CPM_BYTECODE_SAYS MATCHES "^[0-9]+$")
    set(CPM_BYTECODE_ENGINE ${CPM_BYTECODE_SAYS}u)
  endif()
endif()
if(CPM_BYTECODE_ENGINE STREQUAL 0)
  message(STATUS "this JavaScriptCore takes no compiled code: every start compiles anew")
endif()

# runtime/js becomes one assembler file: cpm itself installs the libraries, esbuild (one of them) bundles.
file(GLOB_RECURSE js_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/js/*.js)
list(FILTER js_sources EXCLUDE REGEX /node_modules/)
set(js_dir ${PROJECT_BINARY_DIR}/runtime-js)
add_custom_command(OUTPUT ${js_dir}/builtins.S
  COMMAND ${PROJECT_SOURCE_DIR}/runtime/js/bundle $<TARGET_FILE:cpm_program> ${js_dir}
  DEPENDS ${js_sources} ${PROJECT_SOURCE_DIR}/runtime/js/bundle ${PROJECT_SOURCE_DIR}/runtime/js/lib/streams.sed ${PROJECT_SOURCE_DIR}/runtime/js/package.json
    ${PROJECT_SOURCE_DIR}/runtime/js/package-lock.json
  COMMENT "Bundling the runtime's JavaScript" VERBATIM)
# The program is needed, but a new one is no reason to bundle anew.
add_custom_target(cpm_runtime_js DEPENDS ${js_dir}/builtins.S)
add_dependencies(cpm_runtime_js cpm_program)

enable_language(ASM)
file(GLOB c_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/*.c ${PROJECT_SOURCE_DIR}/runtime/native/*.c)
add_library(cpm_runtime MODULE ${c_sources} ${js_dir}/builtins.S)
add_dependencies(cpm_runtime cpm_runtime_js)
set_source_files_properties(${js_dir}/builtins.S PROPERTIES GENERATED ON)
set_target_properties(cpm_runtime PROPERTIES PREFIX "" OUTPUT_NAME cpm-runtime
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CPM_PRIVATE_DIR})
target_link_libraries(cpm_runtime PRIVATE cpm_flags cpm_resolver_module cpm_runtime_open cpm_base PkgConfig::JSC PkgConfig::UV)
target_link_options(cpm_runtime PRIVATE LINKER:--gc-sections LINKER:--as-needed LINKER:--exclude-libs,ALL)
if(NOT CPM_SANITIZE)
  target_link_options(cpm_runtime PRIVATE LINKER:--no-undefined)
endif()
set_source_files_properties(${PROJECT_SOURCE_DIR}/runtime/compiled.c PROPERTIES
  COMPILE_DEFINITIONS CPM_BYTECODE_ENGINE=${CPM_BYTECODE_ENGINE})
# A part is a folder of runtime/native: a shared object of its own with libraries that few programs need. It finds the words
# of native functions in the runtime that has opened it.
set_source_files_properties(${PROJECT_SOURCE_DIR}/runtime/js.c ${PROJECT_SOURCE_DIR}/runtime/text.c
  ${PROJECT_SOURCE_DIR}/runtime/loop.c ${PROJECT_SOURCE_DIR}/runtime/main.c ${PROJECT_SOURCE_DIR}/runtime/native/box.c
  ${PROJECT_SOURCE_DIR}/runtime/native/job.c ${PROJECT_SOURCE_DIR}/runtime/native/handle.c
  ${PROJECT_SOURCE_DIR}/runtime/native/stream.c PROPERTIES COMPILE_OPTIONS -fvisibility=default)
function(cpm_runtime_part name)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/native/${name}/*.c)
  add_library(cpm_runtime_${name} MODULE ${sources})
  set_target_properties(cpm_runtime_${name} PROPERTIES PREFIX "" OUTPUT_NAME cpm-${name}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CPM_PRIVATE_DIR})
  target_include_directories(cpm_runtime_${name} PRIVATE ${JSC_INCLUDE_DIRS})
  target_link_libraries(cpm_runtime_${name} PRIVATE cpm_flags cpm_base ${ARGN})
  target_link_options(cpm_runtime_${name} PRIVATE LINKER:--gc-sections LINKER:--as-needed LINKER:--exclude-libs,ALL)
  install(TARGETS cpm_runtime_${name} LIBRARY DESTINATION ${CPM_PRIVATE_DIR})
endfunction()
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(SSL REQUIRED IMPORTED_TARGET libssl)
cpm_runtime_part(crypto PkgConfig::OPENSSL)
target_sources(cpm_runtime_crypto PRIVATE ${PROJECT_SOURCE_DIR}/runtime/native/tls/certificate.c)
cpm_runtime_part(tls PkgConfig::SSL PkgConfig::OPENSSL)
pkg_check_modules(COMPRESSION REQUIRED IMPORTED_TARGET zlib libbrotlienc libbrotlidec libzstd)
cpm_runtime_part(zlib PkgConfig::COMPRESSION)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
cpm_runtime_part(http2 PkgConfig::NGHTTP2)

# llhttp comes as generated sources (Debian's node-llhttp).
find_path(LLHTTP_INCLUDE llhttp.h PATHS /usr/share/include/llhttp /usr/include/llhttp)
find_path(LLHTTP_SOURCE llhttp.c PATHS /usr/share/llhttp)
if(LLHTTP_INCLUDE AND LLHTTP_SOURCE)
  add_library(cpm_llhttp OBJECT ${LLHTTP_SOURCE}/llhttp.c ${LLHTTP_SOURCE}/api.c ${LLHTTP_SOURCE}/http.c)
  set_target_properties(cpm_llhttp PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
  target_include_directories(cpm_llhttp SYSTEM PUBLIC ${LLHTTP_INCLUDE})
  target_compile_definitions(cpm_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
  target_compile_options(cpm_llhttp PRIVATE -w)
  cpm_runtime_part(http cpm_llhttp)
else()
  message(STATUS "no llhttp: the runtime has no http (install node-llhttp)")
endif()

# A program without Intl calls nothing of these.
list(GET JSC_LINK_LIBRARIES 0 engine)
cpm_late(cpm-runtime.so ${engine} "systemd|gio-2\\.0|icui18n")

# Libraries of which runtime/open keeps copies for the user, as the linker finds them: first what the engine stands on, last
# the engine, whose copy asks for one stand-in instead of what a hello world does not call.
if(EXISTS ${late}/${CMAKE_SYSTEM_PROCESSOR}.S AND NOT CMAKE_CROSSCOMPILING AND NOT CPM_SANITIZE)
  set(CPM_COPIES_STANDIN cpm-late.so)
  cpm_late_together(${CPM_COPIES_STANDIN} ${engine} "systemd|gio-2\\.0|gobject-2\\.0|icui18n|icuuc|icudata|z")
  execute_process(COMMAND ldd ${engine} OUTPUT_VARIABLE says)
  string(REGEX MATCH "/[^ ]*/libstdc\\+\\+\\.so\\.[0-9]+" standard "${says}")
  execute_process(COMMAND objdump -p ${engine} OUTPUT_VARIABLE says)
  string(REGEX MATCH "SONAME +([^\n ]+)" soname "${says}")
  get_filename_component(folder ${engine} DIRECTORY)
  set(CPM_COPIES ${standard}:${folder}/${CMAKE_MATCH_1})
  file(MD5 ${PROJECT_BINARY_DIR}/late/${CPM_COPIES_STANDIN}.S functions)
  file(MD5 ${PROJECT_SOURCE_DIR}/runtime/open/bind.c binder)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/open/bind.c)
  set(CPM_COPIES_KEY ${functions}${binder})
endif()

add_custom_command(TARGET cpm_runtime POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/${CPM_PRIVATE_DIR}/bin
  COMMAND ${CMAKE_COMMAND} -E create_symlink $<TARGET_FILE:cpm_program> ${PROJECT_BINARY_DIR}/${CPM_PRIVATE_DIR}/bin/node)

install(TARGETS cpm_runtime LIBRARY DESTINATION ${CPM_PRIVATE_DIR})
file(RELATIVE_PATH up /${CPM_PRIVATE_DIR}/bin /${CMAKE_INSTALL_BINDIR}/cpm)
install(CODE "file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CPM_PRIVATE_DIR}/bin\")
  file(CREATE_LINK ${up} \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CPM_PRIVATE_DIR}/bin/node\" SYMBOLIC)")
set(CPM_RUNTIME ON)
