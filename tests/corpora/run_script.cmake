# Scripts as npm runs them: which, where, with which arguments and environment.
find_program(NODE_PROGRAM node)
if(NODE_PROGRAM)
  add_test(NAME corpora.run-script COMMAND ${NODE_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/run_script.mjs
    $<TARGET_FILE:cpm_program> ${CPM_SHARED}/corpora/pm/run-script.json)
  set_tests_properties(corpora.run-script PROPERTIES LABELS corpora TIMEOUT 120)
endif()
