#ifndef __ARKFFI_WINDOWS_H
#define __ARKFFI_WINDOWS_H
#define WINAPI __stdcall
#define APIENTRY __stdcall
#define CALLBACK __stdcall
#define APIPRIVATE __stdcall
#define CONST const
#define VOID void
#define IN
#define OUT
#define TRUE 1
#define FALSE 0
#define MAX_PATH 260
typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE, BOOLEAN;
typedef unsigned short WORD, *PWORD, *LPWORD;
typedef unsigned long DWORD, *PDWORD, *LPDWORD, ULONG, *PULONG;
typedef char CHAR, *PCHAR, *LPSTR, *PSTR;
typedef unsigned char UCHAR, *PUCHAR;
typedef short SHORT;
typedef unsigned short USHORT;
typedef int INT, *PINT, *LPINT;
typedef unsigned int UINT, *PUINT;
typedef long LONG, *PLONG, *LPLONG, HRESULT;
typedef long long LONGLONG, LONG_PTR, INT_PTR, LONG64, INT64, SSIZE_T;
typedef unsigned long long ULONGLONG, ULONG_PTR, UINT_PTR, DWORD_PTR, DWORD64, UINT64, SIZE_T;
typedef float FLOAT;
typedef wchar_t WCHAR, *LPWSTR, *PWSTR;
typedef const char *LPCSTR, *PCSTR;
typedef const wchar_t *LPCWSTR, *PCWSTR;
typedef void *PVOID, *LPVOID, *HANDLE;
typedef const void *LPCVOID;
typedef HANDLE *PHANDLE;
typedef struct HINSTANCE__ *HINSTANCE, *HMODULE;
typedef struct HWND__ *HWND;
typedef struct HDC__ *HDC;
typedef long long LRESULT, LPARAM;
typedef unsigned long long WPARAM;
typedef union _LARGE_INTEGER {
  struct {
    DWORD LowPart;
    LONG HighPart;
  };
  struct {
    DWORD LowPart;
    LONG HighPart;
  } u;
  LONGLONG QuadPart;
} LARGE_INTEGER;
typedef struct _FILETIME {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
} FILETIME;
typedef struct _GUID {
  unsigned long Data1;
  unsigned short Data2;
  unsigned short Data3;
  unsigned char Data4[8];
} GUID, IID, CLSID;
#endif
