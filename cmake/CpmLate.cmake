# Libraries that cpm loads are linked with others that it hardly ever makes them call, and that take longer to load than they
# do themselves. Stand-ins for those, in LIBDIR/cpm/late, load the true ones when they are called; base/library.c opens them
# first, and goes without where that fails.
set(late ${PROJECT_SOURCE_DIR}/cmake/late)
set(CPM_PRIVATE_DIR ${CMAKE_INSTALL_LIBDIR}/cpm)
file(RELATIVE_PATH from_bin /${CMAKE_INSTALL_BINDIR} /${CPM_PRIVATE_DIR})
set_source_files_properties(${PROJECT_SOURCE_DIR}/base/library.c PROPERTIES
  COMPILE_DEFINITIONS CPM_PRIVATE_FROM_BIN="${from_bin}")

# A stand-in out of MADE.S and MADE.map, under the name SONAME in FOLDER.
function(cpm_late_library soname made folder)
  set(target cpm_late_${soname})
  add_library(${target} MODULE ${late}/late.c ${made}.S)
  set_source_files_properties(${made}.S PROPERTIES OBJECT_DEPENDS ${late}/${CMAKE_SYSTEM_PROCESSOR}.S)
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX "" OUTPUT_NAME ${soname}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${folder})
  target_link_options(${target} PRIVATE LINKER:-soname,${soname} LINKER:--version-script=${made}.map LINKER:-z,relro
    LINKER:--no-undefined)
  install(TARGETS ${target} LIBRARY DESTINATION ${folder})
endfunction()

# OUT becomes the sonames of what the library CLIENT is linked with and NAMES, a regular expression, matches.
function(cpm_late_sonames client names out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${late}/generate ${client})
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/late)
  execute_process(COMMAND objdump -p ${client} OUTPUT_VARIABLE says)
  string(REGEX MATCHALL "lib(${names})(-[0-9.]+)?\\.so\\.[0-9]+" sonames "${says}")
  list(REMOVE_DUPLICATES sonames)
  set(${out} ${sonames} PARENT_SCOPE)
endfunction()

# cpm_late(FILE CLIENT NAMES [all]): stand-ins for what the library CLIENT is linked with and NAMES, a regular expression,
# matches; they are opened before cpm opens FILE. They hold the functions that CLIENT takes, or all that the libraries have,
# where another part of the process (the system's name services) may come upon them.
function(cpm_late file client names)
  if(NOT EXISTS ${late}/${CMAKE_SYSTEM_PROCESSOR}.S)
    return()
  endif()
  cpm_late_sonames(${client} ${names} sonames)
  foreach(soname ${sonames})
    set(made ${PROJECT_BINARY_DIR}/late/${soname})
    execute_process(COMMAND ${late}/generate ${client} ${soname} ${made} ${ARGN} RESULT_VARIABLE failed OUTPUT_QUIET)
    if(failed)
      message(STATUS "no stand-in for ${soname}: it is loaded with ${file}")
      continue()
    endif()
    cpm_late_library(${soname} ${made} ${CPM_PRIVATE_DIR}/late)
    set_property(GLOBAL APPEND_STRING PROPERTY CPM_LATE "CPM_LATE(\"${file}\", \"${soname}\")\n")
  endforeach()
endfunction()

# cpm_late_together(NAME CLIENT NAMES): one stand-in NAME for all of them, for a copy of CLIENT that asks for it instead of
# those in CPM_LATE_BEHIND (':' between).
function(cpm_late_together name client names)
  cpm_late_sonames(${client} ${names} sonames)
  list(JOIN sonames ":" sonames)
  set(made ${PROJECT_BINARY_DIR}/late/${name})
  execute_process(COMMAND ${late}/generate ${client} "${sonames}" ${made} OUTPUT_VARIABLE behind
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  cpm_late_library(${name} ${made} ${CPM_PRIVATE_DIR})
  set(CPM_LATE_BEHIND ${behind} PARENT_SCOPE)
endfunction()

# The table of them all, once every cpm_late was called.
function(cpm_late_table)
  get_property(rows GLOBAL PROPERTY CPM_LATE)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/base/late.def CONTENT "/* The file that cpm opens, and the stand-in before it. */\n${rows}")
endfunction()

enable_language(ASM)
find_library(CPM_CURL_LIBRARY NAMES libcurl.so.4)
find_library(CPM_ARCHIVE_LIBRARY NAMES libarchive.so.13)
if(CPM_CURL_LIBRARY)
  cpm_late(libcurl.so.4 ${CPM_CURL_LIBRARY} "rtmp|ldap" all)
endif()
if(CPM_ARCHIVE_LIBRARY)
  cpm_late(libarchive.so.13 ${CPM_ARCHIVE_LIBRARY} "xml2")
endif()
