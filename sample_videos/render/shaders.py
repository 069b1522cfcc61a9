"""GLSL programs. Lengths in metres, light linear; sky and sun light come from the Cycles bases."""

# a rolling shutter reads a row of the picture earlier or later than its middle: the vehicle is elsewhere by then
ROLLED = '''
vec3 rolled(mat4 vp, vec4 w, vec3 vel, float readout) {
  vec4 q = vp * w;
  return q.w < 1. ? w.xyz : w.xyz + vel * readout * clamp(-.5 * q.y / q.w, -.7, .7);
}
'''

# vehicles: turning wheels, ambient light from two half-spheres of harmonics (sky above, lit ground below)
VEHICLE_VERT = '''#version 330''' + ROLLED + '''
in vec3 pos; in vec3 nrm; in vec2 uv; in vec2 ao; in vec2 spin;
uniform mat4 vp, model; uniform float roll, flip, readout; uniform vec3 shU[9], shD[9], vel;
out vec3 P, N, amb; out vec2 T, A; invariant gl_Position;
vec3 sh(vec3 c[9], vec3 n) {
  return max(vec3(0), c[0] + c[1]*n.y + c[2]*n.z + c[3]*n.x + c[4]*n.x*n.y + c[5]*n.y*n.z
    + c[6]*(3*n.z*n.z - 1) + c[7]*n.x*n.z + c[8]*(n.x*n.x - n.y*n.y));
}
void main() {
  vec3 p = pos, n = nrm;
  if (spin.y > 0) {                       // a wheel's vertex: turn it about its axle by the way gone
    float a = roll / spin.y, c = cos(a), s = sin(a);
    vec2 q = p.yz - spin;
    p.yz = spin + vec2(c*q.x + s*q.y, c*q.y - s*q.x);
    n.yz = vec2(c*n.y + s*n.z, c*n.z - s*n.y);
  }
  vec4 w = model * vec4(p, 1);
  P = w.xyz; N = mat3(model) * n; T = uv; A = ao;
  amb = sh(shU, N) * ao.x + sh(shD, N) * ao.y;
  w.xyz = rolled(vp, w, vel, readout);
  P = w.xyz;
  gl_Position = vp * vec4(w.xy, w.z * flip, 1);               // flip -1: as a wet road mirrors it
}'''

VEHICLE_FRAG = '''#version 330
in vec3 P, N, amb; in vec2 T, A; out vec4 o;
uniform sampler2D col, prop, env, zbg; uniform sampler2DShadow shadow, shade;
uniform mat4 sunvp; uniform vec3 eye, fwd, sun, sunE, air, lampP[4], lampE;
uniform float glow, tail, dust, infrared, retro, haze, flip, wet; uniform vec2 size;
vec3 envmap(vec3 d, float lod) {
  return textureLod(env, vec2(.5 + atan(d.x, d.y) / 6.2831853, .5 - asin(clamp(d.z, -1., 1.)) / 3.1415927), lod).rgb;
}
void main() {
  if (flip > 0. && texture(zbg, gl_FragCoord.xy / size).r < dot(P - eye, fwd) - .3) discard;      // behind the scenery
  vec3 n = normalize(N), v = normalize(eye - P), a = pow(texture(col, T).rgb, vec3(2.2));
  vec4 m = texture(prop, T);              // roughness, reflectance, head glow, tail glow
  if (dot(n, v) < 0.) n = -n;
  float du = dust * (.60 * smoothstep(1.3, .1, P.z) + .10 + .15 * max(n.z, 0.)) * (1. - step(.02, m.b + m.a) * .7);
  a = mix(a, vec3(.20, .165, .125), du);  // road dust
  float nv = max(dot(n, v), .02), nl = max(dot(n, sun), 0.), lit = 0.;
  if (nl > 0. && sunE.r > 0.) {
    vec4 s = sunvp * vec4(P + n * .04, 1);
    s.xyz = s.xyz * .5 + .5; s.z -= .0005;
    vec2 t = vec2(1.3) / vec2(textureSize(shadow, 0));
    lit = .25 * (texture(shadow, s.xyz + vec3(t.x, t.y * .5, 0)) + texture(shadow, s.xyz + vec3(-t.x, -t.y * .5, 0))
      + texture(shadow, s.xyz + vec3(t.x * .5, -t.y, 0)) + texture(shadow, s.xyz + vec3(-t.x * .5, t.y, 0)));
    lit *= texture(shade, s.xyz);
  }
  a *= 1. - .25 * wet * smoothstep(1.4, .2, P.z);
  float f0 = m.g * (1. - .8 * du), metal = smoothstep(.25, .6, f0), r = m.r;
  vec3 F0 = mix(vec3(f0), a * f0 * 1.3, metal), F = F0 + (1. - F0) * pow(1. - nv, 5.) * (1. - .8 * r);
  vec3 d = reflect(-v, n), h = normalize(sun + v);
  float al = max(r * r, .004), nh = max(dot(n, h), 0.), q = nh * nh * (al * al - 1.) + 1.;
  float D = min(al * al / (3.14159 * q * q), 60.);
  vec3 diffuse = amb + sunE * (nl * lit / 3.14159), spark = vec3(0);
#ifdef LAMPS
  for (int i = 0; i < 4; i++) {           // street lamps
    vec3 L = lampP[i] - P; float l2 = dot(L, L); L *= inversesqrt(l2);
    vec3 e = lampE * max(L.z, 0.) / l2;
    diffuse += e * max(dot(n, L), 0.);
    spark += e * pow(max(dot(n, normalize(L + v)), 0.), mix(400., 8., r)) * mix(4., .2, r);
  }
#endif
  float e2 = dot(eye - P, eye - P);       // the infra-red lamp stands at the camera
#ifdef INFRARED
  diffuse += infrared * nv / e2;
#endif
  vec3 c = a * (1. - metal * .9) * diffuse + F * envmap(d, r * 6.5) * (d.z > 0. ? A.x : A.y)
    + (F * D * .25 * nl * lit) * sunE / max(nv * .5 + .5, .1) + F * spark;
#ifdef INFRARED
  c += a * infrared * (retro + step(.2, m.a) * (1. - step(.3, m.a)) * 1.5) / e2;          // film, and strips of it on lorries
#endif
  c += m.b * glow * vec3(1., .96, .88) * (.25 + .75 * pow(nv, 2.)) + m.a * tail * vec3(1., .05, .03);
  c = mix(air, c, exp(-haze * sqrt(e2)));
  o = vec4(any(isnan(c)) ? vec3(0) : min(c, vec3(500.)), 1);       // one NaN would be spread by the lens blur
}'''


def vehicle_frag(light):
    """VEHICLE_FRAG for a light of lights.py: what does not shine is left out, since it would cost as much."""
    wanted = [name for name, on in (('LAMPS', light.lamps), ('INFRARED', light.infrared)) if on]
    first, rest = VEHICLE_FRAG.split('\n', 1)
    return '\n'.join([first] + ['#define %s' % name for name in wanted] + [rest])


DEPTH_VERT = '''#version 330
in vec3 pos; uniform mat4 vp, model;
void main() { gl_Position = vp * (model * vec4(pos, 1)); }'''
DEPTH_FRAG = '#version 330\nvoid main() {}'

# truth: base + tag (1 machine, 2 rider, 3 plate) in an 8-bit buffer
ID_VERT = '''#version 330''' + ROLLED + '''
in vec3 pos; in float tag; uniform mat4 vp, model; uniform vec3 vel; uniform float readout; flat out float t; out vec3 P;
void main() {
  vec4 w = model * vec4(pos, 1);
  w.xyz = rolled(vp, w, vel, readout); P = w.xyz; t = tag; gl_Position = vp * w;
}'''
ID_FRAG = '''#version 330
flat in float t; in vec3 P; uniform float base, hide; uniform sampler2D zbg; uniform vec3 eye, fwd; uniform vec2 size;
out vec4 o;
void main() {
  if (hide > 0. && texture(zbg, gl_FragCoord.xy / size).r < dot(P - eye, fwd) - .3) discard;
  o = vec4((base + t) / 255., 0, 0, 1);
}'''

QUAD_VERT = '''#version 330
out vec2 t;
void main() { vec2 p = vec2(gl_VertexID & 1, gl_VertexID >> 1); t = p; gl_Position = vec4(p * 2. - 1., 0, 1); }'''

# 1.5x to 1x: four bilinear taps cover the 1.5 x 1.5 texels
DOWN_FRAG = '''#version 330
in vec2 t; uniform sampler2D big; uniform float w; out vec4 o;
void main() {
  vec2 d = .375 / vec2(textureSize(big, 0));
  o = w * .25 * (texture(big, t + d) + texture(big, t - d)
    + texture(big, t + vec2(d.x, -d.y)) + texture(big, t + vec2(-d.x, d.y)));
}'''

# darkening of the ground's sky light under and beside a vehicle
GROUND_VERT = '''#version 330
in vec2 pos; uniform mat4 vp, model; uniform vec2 halfs; out vec2 T;
void main() { T = pos * .5 + .5; gl_Position = vp * (model * vec4(pos * halfs, .01, 1)); }'''
GROUND_FRAG = '''#version 330
in vec2 T; uniform sampler2D tex; out vec4 o;
void main() { o = vec4(texture(tex, T).r); }'''

# what head lamps throw on the road before a vehicle
POOL_FRAG = '''#version 330
in vec2 T; uniform float k; out vec4 o;
void main() {
  float x = T.x - .5;
  o = vec4(k * exp(-x * x * 22.) * smoothstep(0., .10, T.y) * pow(max(1. - T.y, 0.), 1.6));
}'''

# background: sun base where no vehicle shades it + the rest darkened near vehicles + head lamps' pools; a wet road mirrors sky and
# vehicles; haze; vehicles over it
COMPOSE_FRAG = '''#version 330
in vec2 t; uniform sampler2D bgSun, bgSky, zbg, veh, occ, pool, albedo, mirror, env, puddle;
uniform sampler2DShadow shadow; uniform mat4 sunvp;
uniform vec3 eye, fwd, right, up, air; uniform vec2 tan_; uniform float wet, haze, sunny, roadHalf; out vec4 o;
void main() {
  vec4 v = texture(veh, t);
  vec3 c = v.rgb;
  if (v.a < .999) {
    vec2 q = (t * 2. - 1.) * tan_;
    float z = texture(zbg, t).r;
    vec3 ray = fwd + right * q.x + up * q.y, P = eye + z * ray;
    float lit = 1.;
    if (sunny > 0.) {
      vec3 u = (sunvp * vec4(P, 1)).xyz * .5 + .5;
      if (u.x > 0. && u.x < 1. && u.y > 0. && u.y < 1. && u.z < 1.) {
        u.z -= .0008;
        vec2 e = vec2(1.6) / vec2(textureSize(shadow, 0));
        lit = .25 * (texture(shadow, u + vec3(e.x, e.y * .4, 0)) + texture(shadow, u - vec3(e.x, e.y * .4, 0))
          + texture(shadow, u + vec3(-e.x * .4, e.y, 0)) + texture(shadow, u + vec3(e.x * .4, -e.y, 0)));
      }
    }
    vec3 g = texture(bgSun, t).rgb * lit + texture(bgSky, t).rgb * texture(occ, t).r
      + texture(pool, t).r * texture(albedo, t).rgb * vec3(1., .96, .88);
    if (wet > 0. && P.z < .06 && abs(P.x) < roadHalf) {
      float w = texture(puddle, P.xy / 16.).r;
      vec3 d = normalize(ray); d.z = abs(d.z);
      float f = .03 + .97 * pow(1. - d.z, 5.);
      vec3 m = textureLod(env, vec2(.5 + atan(d.x, d.y) / 6.2831853, .5 - asin(d.z) / 3.1415927), 3.).rgb;
      vec4 s = vec4(0); float far = mix(.020, .004, w);
      for (int i = -2; i <= 2; i++) s += .2 * texture(mirror, t + vec2(0, float(i) * far * .5 + .3 * far));
      m = m * (1. - s.a) * texture(occ, t).r + s.rgb;
      g = g * (1. - .5 * w) + m * f * w;
    }
    c += (1. - v.a) * mix(air, g, exp(-haze * min(z, 900.)));
  }
  o = vec4(c, 1);
}'''

# the camera: drops and dirt on the lens, softness, sharpening, stray light, vignette, rain, noise, tone curve
CAMERA_FRAG = '''#version 330
in vec2 t; uniform sampler2D lin, noise, stray, lensmap, fall;
uniform vec2 off, size, shake0, shake1, fall0, fall1; uniform vec3 tint, air;
uniform float expo, sigma, soft, sharp, contrast, mono, rain, dirty;
out vec4 o;
vec2 at;
vec3 g(vec2 d) { return texture(lin, at + d / size).rgb; }
vec3 curve(vec3 x) {
  x = max(x, 0.); x = x * (1. + x / 9.) / (1. + x * .62); x = pow(clamp(x, 0., 1.), vec3(1. / 2.2));
  return mix(x, x * x * (3. - 2. * x), contrast);
}
void main() {
  vec3 l = dirty > 0. ? texture(lensmap, t).rgb : vec3(0);
  vec2 sway = mix(shake1, shake0, t.y);                            // the first row is the picture's upper one
  at = t + vec2(sway.x, -sway.y) / size + l.gb;
  float blur = soft + 5. * length(l.gb) / .05;
  vec3 c = .25 * (g(vec2(blur, blur * .5)) + g(vec2(-blur, -blur * .5)) + g(vec2(-blur * .5, blur)) + g(vec2(blur * .5, -blur)));
  vec3 w = .25 * (g(vec2(2.2, 0)) + g(vec2(-2.2, 0)) + g(vec2(0, 2.2)) + g(vec2(0, -2.2)));
  c += clamp(sharp * (c - w), -.25 * c, vec3(.3 / expo));          // clamped: no black rings round bright spots
  vec3 s = texture(stray, at).rgb;
  c += s;
  c = mix(c, air * .8 + s * 3. + .35 * w, l.r);                    // a smudge scatters
  if (rain > 0.)
    c += air * rain * (.30 * texture(fall, (t + fall0) * size / 1024.).r + .16 * texture(fall, (t + fall1) * size / 560.).r);
  vec2 p = t - .5;
  c *= (1. - .35 * dot(p, p)) * expo * tint;
  if (mono > 0.) c = vec3(dot(c, vec3(.45, .4, .15)));             // without its infra-red filter red is bright, blue dark
  else c = mix(vec3(dot(c, vec3(.25, .6, .15))), c, .86);
  vec3 n = texture(noise, (gl_FragCoord.xy + off) / 512.).rgb;
  if (mono > 0.) n = n.rrr;
  c += n * sigma * sqrt(max(c, 0.) * 2.5 + .06);
  o = vec4(curve(c), 1);
}'''
