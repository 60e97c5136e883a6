# libcpm, shared and static: the folders' objects in one library each. Only what a header of include/cpm marks CPM_API
# leaves it (tests/check/exports). The cli is no part of it.
set(objects)
foreach(folder ${CPM_FOLDERS})
  list(APPEND objects $<TARGET_OBJECTS:cpm_${folder}>)
endforeach()

add_library(cpm_shared SHARED ${objects})
set_target_properties(cpm_shared PROPERTIES OUTPUT_NAME cpm VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  LINKER_LANGUAGE C)
target_link_options(cpm_shared PRIVATE LINKER:--gc-sections LINKER:--as-needed)
if(NOT CPM_SANITIZE)
  target_link_options(cpm_shared PRIVATE LINKER:--no-undefined)
endif()

add_library(cpm_static STATIC ${objects})
set_target_properties(cpm_static PROPERTIES OUTPUT_NAME cpm LINKER_LANGUAGE C)

foreach(library cpm_shared cpm_static)
  target_include_directories(${library} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${library} PRIVATE cpm_flags PkgConfig::CJSON PkgConfig::UV PkgConfig::DEFLATE ${CMAKE_DL_LIBS})
endforeach()

# libcpm-resolver: module resolution alone, for bundlers and editors. Of base it takes what needs no third party, so that
# libc is all it asks for (tests/check/alone).
set(resolver_objects $<TARGET_OBJECTS:cpm_resolver_module>
  $<FILTER:$<TARGET_OBJECTS:cpm_base>,INCLUDE,base/\(arena|buf|builtins|error|jsonread|jsonstring|jsontext|mem|str|version\)\\.c>)
add_library(cpm_resolver_shared SHARED ${resolver_objects})
add_library(cpm_resolver_static STATIC ${resolver_objects})
set_target_properties(cpm_resolver_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_link_options(cpm_resolver_shared PRIVATE LINKER:--gc-sections)
if(NOT CPM_SANITIZE)
  target_link_options(cpm_resolver_shared PRIVATE LINKER:--no-undefined)
endif()
foreach(library cpm_resolver_shared cpm_resolver_static)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME cpm-resolver LINKER_LANGUAGE C)
  target_link_libraries(${library} PRIVATE cpm_flags)
  target_include_directories(${library} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()
