# Configuration: npm's ini, nopt and config packages, and `config ls` of npm itself.
add_executable(config_libs ${CMAKE_CURRENT_LIST_DIR}/config_libs.c)
target_link_libraries(config_libs PRIVATE cpm_cli)
add_test(NAME corpora.config-libs COMMAND config_libs ${CPM_SHARED}/corpora)
set_tests_properties(corpora.config-libs PROPERTIES LABELS corpora TIMEOUT 120)
find_program(NODE_PROGRAM node)
if(NODE_PROGRAM)
  add_test(NAME corpora.config COMMAND ${NODE_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/config.mjs
    $<TARGET_FILE:cpm_program> ${CPM_SHARED}/corpora/pm/config.json)
  set_tests_properties(corpora.config PROPERTIES LABELS corpora TIMEOUT 120)
endif()
