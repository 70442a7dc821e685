@echo off
rem The mgn command of the distribution: bin\mgn --help explains itself. Java 17 or newer is all that it needs.
setlocal
if defined JAVA_HOME set "PATH=%JAVA_HOME%\bin;%PATH%"
where java >nul 2>&1
if errorlevel 1 (
  echo mgn: no Java found: install a JDK 17 or newer, or set JAVA_HOME to one 1>&2
  exit /b 2
)
rem Given in these variables, the JVM would announce them on standard error.
set "given=%JDK_JAVA_OPTIONS% %JAVA_TOOL_OPTIONS% %_JAVA_OPTIONS%"
set "JDK_JAVA_OPTIONS="
set "JAVA_TOOL_OPTIONS="
set "_JAVA_OPTIONS="
set "full=0"
for /f "tokens=3" %%v in ('java -version 2^>^&1 ^| findstr /c:" version "') do set "full=%%~v"
for /f "delims=.-+ tokens=1" %%m in ("%full%") do set "version=%%m"
if %version% LSS 17 (
  echo mgn: Java 17 or newer expected, found %full%: set JAVA_HOME 1>&2
  exit /b 2
)
if not defined GOMP_SPINCOUNT set "GOMP_SPINCOUNT=10000"
set "flags=-XX:+UseParallelGC -Xshare:auto -Djava.awt.headless=true"
if %version% GEQ 24 set "flags=%flags% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
java %flags% %given% %MGN_JAVA_OPTS% -cp "%~dp0..\lib\*" io.github.mgn4j.cli.Main %*
exit /b %errorlevel%
