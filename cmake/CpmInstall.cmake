# What `cmake --install` lays down: the program under its two names, the library, headers, pkg-config files, man pages
# and shell completion.
install(TARGETS cpm_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(CODE "file(CREATE_LINK cpm
  \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/cpx\" SYMBOLIC)")
install(TARGETS cpm_shared cpm_static cpm_resolver_shared cpm_resolver_static
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/cpm DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h PATTERN *.def)

# The files name their prefix from where they lie, so that an installed tree can be moved.
file(RELATIVE_PATH CPM_PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" CPM_PC_UP "${CPM_PC_UP}")
foreach(pc cpm cpm-resolver)
  configure_file(cmake/${pc}.pc.in ${pc}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${pc}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

foreach(section 1 7)
  file(GLOB man_pages CONFIGURE_DEPENDS docs/man/*.${section})
  install(FILES ${man_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

install(FILES cli/completion/cpm.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME cpm)
install(FILES cli/completion/cpm.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _cpm)
install(FILES cli/completion/cpm.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
