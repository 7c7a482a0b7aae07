<?php
// Makes the blog, with an administrator whose application password is printed: php setup.php TREE
$_SERVER['HTTP_HOST'] = parse_url(getenv('BLOG_ADDRESS'), PHP_URL_HOST);
$_SERVER['REQUEST_METHOD'] = 'GET';
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('A department', 'admin', 'admin@example.test', true, '', 'invented-password');
switch_theme('twentytwentythree');
update_option('timezone_string', 'Europe/London');
update_option('permalink_structure', '/%postname%/');
$GLOBALS['wp_rewrite']->init();
$GLOBALS['wp_rewrite']->flush_rules();
$made = WP_Application_Passwords::create_new_application_password(1, array('name' => 'tests'));
if (is_wp_error($made)) {
    fwrite(STDERR, $made->get_error_message());
    exit(1);
}
echo json_encode(array('version' => $GLOBALS['wp_version'], 'password' => $made[0]));
