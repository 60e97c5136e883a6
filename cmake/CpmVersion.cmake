# The version stands in one place, include/cpm/version.h; CPM_HEADER_VERSION is what it says.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS include/cpm/version.h)
foreach(part MAJOR MINOR PATCH)
  file(STRINGS include/cpm/version.h line REGEX "^#define CPM_VERSION_${part} [0-9]+$")
  string(REGEX REPLACE ".* " "" CPM_VERSION_${part} "${line}")
endforeach()
set(CPM_HEADER_VERSION ${CPM_VERSION_MAJOR}.${CPM_VERSION_MINOR}.${CPM_VERSION_PATCH})
