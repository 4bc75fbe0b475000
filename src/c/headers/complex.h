#ifdef _MSC_VER
typedef struct _C_double_complex { double _Val[2]; } _C_double_complex;
typedef struct _C_float_complex { float _Val[2]; } _C_float_complex;
typedef _C_double_complex _Dcomplex;
typedef _C_float_complex _Fcomplex;
#else
#define complex _Complex
#endif
